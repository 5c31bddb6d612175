// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/tlb.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tiering {
namespace {

constexpr Level kUnknown = std::numeric_limits<Level>::min();
/// Below so many accesses of a core in a translation's life, fewer than a hundredth hit it.
constexpr double kFewest = 0.01;
/// So many walks leave no bit clear.
constexpr double kSurely = 20;
/// Spans from a microsecond to 18 hours, rates up to 16 million.
constexpr int kShortest = -20 * kLevelSteps, kLongest = 16 * kLevelSteps;
constexpr Level kMostOften = 24 * kLevelSteps;

}  // namespace

double never_walked(double rate, double survival, double span) {
  const double walks = rate * std::exp(-rate * survival);
  double sum = 1, product = 1;
  // The k-th term is (-walks * (span - (k - 1) * survival))^k / k!. Terms alternate; where they
  // grow large nothing is left of the sum, and nobody asks.
  for (int k = 1;; ++k) {
    const double left = span - (k - 1) * survival;
    if (left <= 0) break;
    product = std::pow(walks * left, k) / std::tgamma(k + 1.0);
    sum += k % 2 == 1 ? -product : product;
    if (k > walks * span && product < 1e-15) break;
  }
  return std::clamp(sum, 0.0, 1.0);
}

void Tlb::set_pages(Pages pages) {
  if (setup_.entries == 0) return;
  pages_ = std::move(pages);
  known_.assign(static_cast<std::size_t>(kLongest - kShortest), {});
  solve();
  if (setup_.flushed) return;  // no access goes by a translation from before
  first_affected_ = std::isfinite(survival_) ? level_of(kFewest * setup_.cores / survival_)
                                             : Level{std::numeric_limits<Level>::min() / 4};
}

double Tlb::walks(Level per_second) const {
  return setup_.entries == 0 ? 1 : std::exp(-per_core(per_second) * survival_);
}

/// The core's last access was before the flush, and its translation would still be there.
double Tlb::refills(Level per_second, double ago) const {
  if (setup_.entries == 0) return 0;
  return std::max(std::exp(-per_core(per_second) * ago) - walks(per_second), 0.0);
}

/// The integral of the probability above over accesses. Later than a translation survives without
/// being used there is none.
double Tlb::refills_within(double seconds) const {
  if (setup_.entries == 0) return 0;
  const double span = std::min(seconds, survival_);
  double refills = 0;
  for (const auto& [level, count] : pages_) {
    const double rate = per_core(level);
    const double evicted = std::isfinite(survival_) ? rate * span * walks(level) : 0;
    refills += static_cast<double>(count) * (-std::expm1(-rate * span) - evicted);
  }
  return refills;
}

/// Pages that a core has accessed in such a time.
double Tlb::held(double survival) const {
  double pages = 0;
  for (const auto& [level, count] : pages_)
    pages -= static_cast<double>(count) * std::expm1(-per_core(level) * survival);
  return pages;
}

void Tlb::solve() {
  std::int64_t all = 0;
  for (const auto& [level, count] : pages_) all += count;
  survival_ = std::numeric_limits<double>::infinity();
  if (all <= setup_.entries) return;
  double low = -30, high = 30;  // binary logarithms of seconds
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (held(std::exp2(middle)) < setup_.entries ? low : high) = middle;
  }
  survival_ = std::exp2(low);
}

Level Tlb::known(Level per_second, Level span) {
  if (per_second > kMostOften || span < kShortest || span >= kLongest)
    return static_cast<Level>(per_second + span);
  std::vector<Level>& row = known_[static_cast<std::size_t>(span - kShortest)];
  if (row.empty()) row.assign(static_cast<std::size_t>(kMostOften - first_affected_) + 1, kUnknown);
  Level& known = row[static_cast<std::size_t>(per_second - first_affected_)];
  if (known == kUnknown) known = compute(per_second, span);
  return known;
}

Level Tlb::compute(Level per_second, Level span) const {
  const double rate = per_core(per_second), seconds = accesses_of(span);
  if (!std::isfinite(survival_)) return level_of(0);
  const double walks = rate * std::exp(-rate * survival_) * seconds;
  if (walks > kSurely) return level_of(walks * setup_.cores);
  const double never = never_walked(rate, survival_, seconds);
  return level_of(never > 0 ? -setup_.cores * std::log(never) : kSurely * setup_.cores);
}

}  // namespace tiering
