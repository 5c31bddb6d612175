// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantiles.h"

#include <algorithm>

#include "sim/check.h"

namespace workloads {
namespace {

std::vector<double> shares_towards_the_tail() {
  std::vector<double> shares;
  for (int i = 0; i < 1'000; ++i) shares.push_back(i / 1e3);
  for (int i = 9'991; i < 10'000; ++i) shares.push_back(i / 1e4);
  for (int i = 99'991; i < 100'000; ++i) shares.push_back(i / 1e5);
  shares.push_back(1);
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
  for (const double share : shares_towards_the_tail())
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
