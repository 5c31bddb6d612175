// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/sol.h"

#include <algorithm>

#include "subsystems/memory/policies/scan_check.h"

namespace tiering {

Sol::Sol(const Part& part, const SolParams& params)
    : part_(part),
      params_(params),
      lessons_(part, params),
      learned_(static_cast<std::size_t>(part.batches), Lesson::Zero()),
      meter_(part),
      assessment_(part, params),
      learner_(part.batches, part.periods, part.seed) {}

void Sol::observe(std::span<const Scan> scans, Work& work) {
  constexpr std::size_t kAhead = 16;
  for (std::size_t i = 0; i < scans.size(); ++i) {
    if (i + kAhead < scans.size()) prefetch(scans[i + kAhead]);
    const Scan& scan = scans[i];
    if (!is_possible(scan, part_)) {
      drop(scan);
      continue;
    }
    learned_[static_cast<std::size_t>(scan.batch)] += lessons_.of(scan);
    meter_.add(scan);
    assessment_.observe(scan);
  }
  has_begun_ = has_begun_ || !scans.empty();
  work.scans += std::ssize(scans);
}

/// Batches are too many for caches, and those that are scanned lie apart.
void Sol::prefetch(const Scan& later) const {
  if (!is_possible(later, part_)) return;
  const Lesson& learned = learned_[static_cast<std::size_t>(later.batch)];
  __builtin_prefetch(&learned[0], 1);
  __builtin_prefetch(&learned[2 * kMostPeriods - 1], 1);  // mostly another line
  meter_.prefetch(later.batch);
}

void Sol::drop(const Scan& scan) {
  if (scan.batch < 0 || scan.batch >= part_.batches)
    ++stats_.unknown_batches;
  else if (scan.period >= part_.periods)
    ++stats_.unknown_periods;
  else
    ++stats_.impossible_counts;
}

void Sol::choose_periods(std::span<Period> next, Work& work) {
  if (has_begun_) {
    assess(work);
    learn();
    learner_.choose(next);
    work.visits += part_.batches;
    work.samples += std::int64_t{part_.batches} * part_.periods;
    work.comparisons += std::int64_t{part_.batches} * (part_.periods - 1);
  } else {
    std::ranges::fill(next, params_.first);
  }
  assessment_.take_sample(next);
  if (!trusted_) std::ranges::fill(next, Period{0});
  meter_.clear();
}

void Sol::assess(Work& work) {
  trusted_ = assessment_.passes(work);
  if (!trusted_) ++stats_.failed_assessments;
}

void Sol::learn() {
  learner_.forget(static_cast<float>(params_.kept));
  for (int period = 0; period < part_.periods; ++period) {
    for (Batch batch = 0; batch < part_.batches; ++batch) {
      const Lesson& lesson = learned_[static_cast<std::size_t>(batch)];
      learner_.learn(batch, period, lesson[period], lesson[kMostPeriods + period]);
    }
  }
  std::ranges::fill(learned_, Lesson::Zero());
}

void Sol::estimate(std::span<float> rates, Work& work) {
  meter_.estimate(rates);
  work.visits += part_.batches;
}

bool Sol::must_promote(double remote_share) {
  const bool must = remote_share > params_.remote_limit;
  if (must) ++stats_.promotions;
  return must;
}

}  // namespace tiering
