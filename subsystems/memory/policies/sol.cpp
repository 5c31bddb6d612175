// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/sol.h"

#include <algorithm>

#include "subsystems/memory/policies/scan_check.h"

namespace tiering {

Sol::Sol(const Part& part, const SolParams& params)
    : part_(part),
      params_(params),
      lessons_(part, params),
      meter_(part),
      records_(static_cast<std::size_t>(part.batches)),
      assessment_(part, params),
      learner_(part.batches, part.periods, part.seed) {}

void Sol::observe(std::span<const Scan> scans, Work& work) {
  constexpr std::size_t kAhead = 16;
  for (std::size_t i = 0; i < scans.size(); ++i) {
    if (i + kAhead < scans.size() && exists(scans[i + kAhead].batch, part_))
      __builtin_prefetch(&record(scans[i + kAhead].batch), 1);
    const Scan& scan = scans[i];
    if (!is_possible(scan, part_)) {
      drop(scan);
      continue;
    }
    Record& of = record(scan.batch);
    of.learned += lessons_.of(scan);
    meter_.add(of.told, scan);
    assessment_.observe(scan);
  }
  has_begun_ = has_begun_ || !scans.empty();
  work.scans += std::ssize(scans);
}

void Sol::drop(const Scan& scan) {
  if (!exists(scan.batch, part_))
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
  for (Record& of : records_) of.told.clear();
}

void Sol::assess(Work& work) {
  trusted_ = assessment_.passes(work);
  if (!trusted_) ++stats_.failed_assessments;
}

void Sol::learn() {
  learner_.forget(static_cast<float>(params_.kept));
  for (int period = 0; period < part_.periods; ++period) {
    for (Batch batch = 0; batch < part_.batches; ++batch) {
      const Lesson& lesson = record(batch).learned;
      learner_.learn(batch, period, lesson[period], lesson[kMostPeriods + period]);
    }
  }
  for (Record& of : records_) of.learned.setZero();
}

void Sol::estimate(std::span<float> rates, Work& work) {
  std::ranges::transform(records_, rates.begin(), [](Record& of) { return of.told.estimate(); });
  work.visits += part_.batches;
}

bool Sol::must_promote(double remote_share) {
  const bool must = remote_share > params_.remote_limit;
  if (must) ++stats_.promotions;
  return must;
}

}  // namespace tiering
