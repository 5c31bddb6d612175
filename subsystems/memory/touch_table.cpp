// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/touch_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/check.h"

namespace tiering {
namespace {

/// How likely each number of successes is among `n`, each of probability `p` between 0 and 1.
std::vector<double> binomial(int n, double p) {
  std::vector<double> probability;
  for (int k = 0; k <= n; ++k)
    probability.push_back(std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) -
                                   std::lgamma(n - k + 1.0) + k * std::log(p) +
                                   (n - k) * std::log1p(-p)));
  return probability;
}

}  // namespace

Level level_of(double accesses) {
  if (accesses <= 0) return std::numeric_limits<Level>::min() / 2;
  return static_cast<Level>(std::lround(kLevelSteps * std::log2(accesses)));
}

double accesses_of(Level level) {
  return std::exp2(static_cast<double>(level) / kLevelSteps);
}

TouchTable::TouchTable(int pages) : pages_(pages), places_(static_cast<std::size_t>(pages) + 1) {
  SIM_CHECK(1 <= pages && pages <= kMostPages);
  entries_.reserve(static_cast<std::size_t>(kHighest - kLowest) * places_);
  for (Level level = kLowest; level < kHighest; ++level)
    add_level(-std::expm1(-accesses_of(level)));
}

/// Vose's way: a place that has too little is filled up from one that has too much.
void TouchTable::add_level(double touched) {
  std::vector<double> share = binomial(pages_, touched);
  std::vector<std::size_t> poor, rich;
  for (std::size_t i = 0; i < places_; ++i) {
    share[i] *= static_cast<double>(places_);
    (share[i] < 1 ? poor : rich).push_back(i);
  }
  const std::size_t first = entries_.size();
  for (std::size_t i = 0; i < places_; ++i)
    entries_.push_back({.threshold = ~std::uint32_t{0}, .alias = static_cast<std::int32_t>(i)});
  while (!poor.empty() && !rich.empty()) {
    const std::size_t small = poor.back(), large = rich.back();
    poor.pop_back();
    entries_[first + small] = {.threshold = static_cast<std::uint32_t>(share[small] * 0x1p32),
                               .alias = static_cast<std::int32_t>(large)};
    share[large] -= 1 - share[small];
    if (share[large] >= 1) continue;
    rich.pop_back();
    poor.push_back(large);
  }
}

}  // namespace tiering
