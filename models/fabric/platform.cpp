// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/platform.h"

namespace fabric {

Duration Platform::latency_of(const Route& route) const {
  Duration latency{0};
  for (const std::size_t link : route) latency += links[link].latency;
  return latency;
}

}  // namespace fabric
