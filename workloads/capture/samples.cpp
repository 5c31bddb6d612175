// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/samples.h"

#include <algorithm>
#include <sys/resource.h>

#include "sim/check.h"

namespace capture {

std::chrono::nanoseconds clock_overhead() {
  using Clock = std::chrono::steady_clock;
  std::vector<std::chrono::nanoseconds> tries(10'001);
  for (std::chrono::nanoseconds& t : tries) {
    const Clock::time_point start = Clock::now();
    t = Clock::now() - start;
  }
  const auto middle = tries.begin() + static_cast<std::ptrdiff_t>(tries.size() / 2);
  std::nth_element(tries.begin(), middle, tries.end());
  return *middle;
}

std::int64_t context_switches() {
  rusage usage{};
  SIM_CHECK(getrusage(RUSAGE_THREAD, &usage) == 0);
  return usage.ru_nivcsw + usage.ru_nvcsw;
}

sim::Duration median(std::vector<sim::Duration> samples) {
  SIM_CHECK(!samples.empty());
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

double share_above_medians(const std::vector<sim::Duration>& samples, int factor) {
  const sim::Duration limit = factor * median(samples);
  const auto above = std::count_if(samples.begin(), samples.end(),
                                   [&](sim::Duration sample) { return sample > limit; });
  return static_cast<double>(above) / static_cast<double>(samples.size());
}

}  // namespace capture
