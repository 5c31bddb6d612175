// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "subsystems/memory/policies/policy.h"
#include "subsystems/memory/policies/sol_params.h"

namespace tiering {

/// At most so many periods are learned about, so that what a scan teaches is a short row of
/// numbers.
constexpr int kMostPeriods = 6;

/// Successes of each period, then failures of each: evidence on which is the right one.
using Lesson = Eigen::Array<float, 2 * kMostPeriods, 1>;

/// The longest period after which a scan would not have found the batch saturated, judged by one
/// that found `accessed` pages after `period`; the shortest if there is none. Twice the time leaves
/// the square of the untouched share untouched. If all pages were accessed any shorter period
/// may be right, and half a page counts as untouched: said is the longest that this allows, which
/// for 64 pages is not the next one but the one after.
Period right_period(const Part& part, double saturated, Period period, int accessed);

/// What each possible scan teaches, worked out beforehand: a success of the period that is right by
/// it, failures of the others.
///
/// Some of that the scan itself has shown. A period that saturates the batch fails, and with it all
/// longer ones; one of which the double does not saturate it either fails, and with it all shorter
/// ones; if neither holds the period is right and no other. The rest is predicted, for accesses
/// that come evenly over the pages, and counts for less. If all pages were accessed nothing is
/// known of periods shorter than the one that is said.
///
/// A scan counts for the share of the longest period that it covers. So an epoch teaches equally
/// much at every period, and does not make the learner the surer of itself the faster it scans.
class Lessons {
 public:
  Lessons(const Part& part, const SolParams& params);

  const Lesson& of(const Scan& scan) const {
    return lessons_[scan.period * counts_ + scan.accessed];
  }

 private:
  std::size_t counts_;  // of accessed pages that there may be
  std::vector<Lesson> lessons_;
};

}  // namespace tiering
