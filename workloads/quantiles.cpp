// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantiles.h"

#include <algorithm>
#include <set>

#include "sim/check.h"

namespace workloads {
namespace {

/// In order.
std::set<double> shares_towards_the_tail(std::size_t samples) {
  std::set<double> shares{1};
  for (int i = 0; i < 1'000; ++i) shares.insert(i / 1e3);
  for (int i = 9'991; i < 10'000; ++i) shares.insert(i / 1e4);
  for (int i = 99'991; i < 100'000; ++i) shares.insert(i / 1e5);
  for (std::size_t i = 1; i <= std::min<std::size_t>(samples, 10); ++i)
    shares.insert((static_cast<double>(samples - i) + 0.5) / static_cast<double>(samples));
  return shares;
}

/// The share of values up to `most`, on the straight line from `below` to `above`.
double share_at(sim::Duration most, const Quantile& below, const Quantile& above) {
  const auto part = static_cast<double>((most - below.value).count());
  const auto whole = static_cast<double>((above.value - below.value).count());
  return below.p + (above.p - below.p) * (part / whole);
}

}  // namespace

Quantiles quantiles_of(const std::vector<sim::Duration>& samples) {
  const sim::Empirical distribution = sim::Empirical::of_samples(samples);
  Quantiles quantiles;
  for (const double share : shares_towards_the_tail(samples.size()))
    quantiles.push_back({share, distribution.at(share)});
  return quantiles;
}

Quantiles up_to(sim::Duration most, const Quantiles& quantiles) {
  if (quantiles.back().value <= most) return quantiles;
  SIM_CHECK(quantiles.front().value < most);
  const auto above = std::partition_point(quantiles.begin(), quantiles.end(),
                                          [&](const Quantile& q) { return q.value <= most; });
  const double kept = share_at(most, *(above - 1), *above);
  Quantiles cut(quantiles.begin(), above);
  for (Quantile& q : cut) q.p /= kept;
  if (cut.back().p < 1) cut.push_back({1, most});
  return cut;
}

}  // namespace workloads
