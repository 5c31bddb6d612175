// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/lessons.h"

#include <algorithm>
#include <cmath>

#include "subsystems/memory/policies/page_touches.h"

namespace tiering {
namespace {

/// A scan after `period`, what it found, and which period is right by that.
struct Finding {
  int period;
  int right;
  bool all_accessed;

  bool is_too_late() const { return right < period; }
  bool is_too_early() const { return right > period; }
  /// Whether the scan itself has shown that `other` is right or wrong.
  bool shows(int other) const {
    if (is_too_late()) return other >= period;
    if (is_too_early()) return other <= period;
    return true;
  }
  /// Whether nothing is known of `other`: no page was left that it could have left.
  bool leaves_open(int other) const { return all_accessed && other < right; }
};

Lesson lesson(const Finding& finding, int periods, float weight, float predicted) {
  Lesson lesson = Lesson::Zero();
  for (int period = 0; period < periods; ++period) {
    const float counts = finding.shows(period) ? weight : weight * predicted;
    if (period == finding.right)
      lesson[period] = counts;
    else if (!finding.leaves_open(period))
      lesson[kMostPeriods + period] = counts;
  }
  return lesson;
}

}  // namespace

Period right_period(const Part& part, double saturated, Period period, int accessed) {
  const double untouched = untouched_share(accessed, part.pages);
  int right = accessed == part.pages ? period - 1 : part.periods - 1;
  while (right > 0 && std::pow(untouched, std::exp2(right - period)) <= 1 - saturated) --right;
  return static_cast<Period>(std::max(right, 0));
}

Lessons::Lessons(const Part& part, const SolParams& params)
    : counts_(static_cast<std::size_t>(part.pages) + 1) {
  for (int p = 0; p < part.periods; ++p) {
    const auto period = static_cast<Period>(p);
    const auto weight = static_cast<float>(std::exp2(p - (part.periods - 1)));
    for (int accessed = 0; accessed <= part.pages; ++accessed) {
      const Finding finding{p, right_period(part, params.saturated, period, accessed),
                            accessed == part.pages};
      lessons_.push_back(
          lesson(finding, part.periods, weight, static_cast<float>(params.predicted)));
    }
  }
}

}  // namespace tiering
