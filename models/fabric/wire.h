// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/fabric/platform.h"

namespace fabric {

/// How long packets take on one direction of a link, of which bulk flows take a part that changes
/// at known instants. Exact: rounded once per packet, up, so that no link is faster than its
/// rating.
class Wire {
 public:
  explicit Wire(const PlatformLink& link);

  /// When the last bit of a packet has left whose first one leaves at `start`.
  Time finish(Time start, Bytes size) const {
    if (rest_.empty()) return start + rate_.time_for(size);
    return finish_beside_flows(start, size);
  }

 private:
  /// What is left for messages from an instant on.
  struct Rest {
    Time from;
    Bandwidth rate;
  };

  Time finish_beside_flows(Time start, Bytes size) const;

  Bandwidth rate_;
  std::vector<Rest> rest_;
};

}  // namespace fabric
