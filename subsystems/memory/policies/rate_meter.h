// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// What the scans of a batch have told in an epoch: accesses, and the seconds that they covered. A
/// batch without a scan keeps the rate that it had.
struct Told {
  float accesses = 0;
  float seconds = 0;
  float rate = 0;  // accesses per second, when last known

  float estimate() {
    if (seconds > 0) rate = accesses / seconds;
    return rate;
  }
  /// Begins an epoch.
  void clear() { accesses = seconds = 0; }
};

/// What a scan tells. It counts for as long as it covers, whatever the others cover, so that a
/// period that changes in mid-epoch does no harm.
class RateMeter {
 public:
  explicit RateMeter(const Part& part);

  /// Takes in a scan that is possible, of the batch of which `told` is.
  void add(Told& told, const Scan& scan) const {
    told.accesses += accesses_[scan.accessed];
    told.seconds += lengths_[scan.period];
  }

 private:
  std::vector<float> accesses_;  // told by so many accessed pages
  std::vector<float> lengths_;   // of the periods, in seconds
};

}  // namespace tiering
