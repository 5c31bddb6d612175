// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/assessment.h"

#include <algorithm>
#include <cmath>

#include "subsystems/memory/policies/page_touches.h"
#include "subsystems/memory/policies/split_mix.h"

namespace tiering {
namespace {

/// The mean of (1 - p)^scans if p has a beta distribution of this mean, and of this variance as a
/// share of the largest that there is, mean (1 - mean).
double beta_untouched(double mean, double spread, int scans) {
  if (spread <= 0) return std::pow(1 - mean, scans);
  const double both = 1 / spread - 1;  // the sum of the distribution's parameters
  const double b = (1 - mean) * both;
  double untouched = 1 - mean;  // of the first
  for (int i = 1; i < scans; ++i) untouched *= (b + i) / (both + i);
  return untouched;
}

double mean_of(const Counts& counts) {
  return static_cast<double>(counts.accessed) / static_cast<double>(counts.scans);
}

double variance_of(const Counts& counts) {
  const double squares = static_cast<double>(counts.squares);
  return (squares - mean_of(counts) * static_cast<double>(counts.accessed)) /
         static_cast<double>(counts.scans - 1);
}

}  // namespace

double untouched_after(const Counts& counts, int pages, int scans) {
  const double mean = mean_of(counts) / pages;
  const double binomial = pages * mean * (1 - mean);
  if (binomial <= 0) return 1 - mean;
  return beta_untouched(mean, 1 - variance_of(counts) / binomial, scans);
}

Assessment::Assessment(const Part& part, const SolParams& params)
    : part_(part), params_(params), random_(part.seed) {}

bool Assessment::passes(Work& work) const {
  double all = 0;
  double missed = 0;
  double squares = 0;
  for (const Member& member : members_) {
    if (member.counts.scans < 2) continue;
    const double weight = accesses_told(mean_of(member.counts), part_.pages);
    all += weight;
    squares += weight * weight;
    if (is_missed(member)) missed += weight;
  }
  work.visits += std::ssize(members_);
  const double tolerated = params_.tolerated;
  const double error = std::sqrt(tolerated * (1 - tolerated) * squares);
  return missed <= tolerated * all + params_.standard_errors * error;
}

bool Assessment::is_missed(const Member& member) const {
  if (member.chosen == 0) return false;
  const int half = 1 << (member.chosen - 1);
  return untouched_after(member.counts, part_.pages, half) <= 1 - params_.saturated;
}

/// Every so many batches one, from a random one on.
void Assessment::take_sample(std::span<Period> chosen) {
  members_.clear();
  if (part_.batches == 0) return;
  every_ = static_cast<Batch>(std::min(std::round(1 / params_.sample), 1.0 * part_.batches));
  first_ = static_cast<Batch>(split_mix(random_) % static_cast<std::uint64_t>(every_));
  for (Batch batch = first_; batch < part_.batches; batch += every_) {
    const auto i = static_cast<std::size_t>(batch);
    members_.push_back({batch, chosen[i]});
    chosen[i] = 0;
  }
}

}  // namespace tiering
