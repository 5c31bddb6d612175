// SPDX-License-Identifier: Apache-2.0
#include "workloads/service_params.h"

#include <chrono>

#include "sim/config_error.h"

namespace workloads {

using sim::require;
namespace {

void check_time(sim::Duration time, const char* path) {
  require(sim::Duration{0} < time && time <= std::chrono::seconds{1'000}, path,
          "is not a service time", "give a positive time of at most 1000 s");
}

}  // namespace

void check(const ServiceParams& p) {
  check_time(p.mean, "mean");
  check_time(p.long_mean, "long_mean");
  check_time(p.exponential, "exponential");
  require(0 < p.variation && p.variation <= 100, "variation", "is out of bounds",
          "give a number above 0 and up to 100");
  require(0 <= p.long_share && p.long_share <= 1, "long_share", "is not a share",
          "give a number from 0 to 1");
  require(1 < p.longest && p.longest <= 1e6, "longest", "is out of bounds",
          "give a number of medians above 1 and up to 1000000");
}

}  // namespace workloads
