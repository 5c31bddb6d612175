// SPDX-License-Identifier: Apache-2.0
#include "sim/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/check.h"
#include "sim/students_t.h"

namespace sim {

void Replications::add(std::uint64_t replication, double value) {
  SIM_CHECK(std::isfinite(value));
  const bool is_new = values_.emplace(replication, value).second;
  SIM_CHECK(is_new);
}

void Replications::merge(const Replications& other) {
  for (const auto& [replication, value] : other.values_) add(replication, value);
}

double Replications::mean() const {
  SIM_CHECK(!values_.empty());
  double sum = 0;
  for (const auto& [replication, value] : values_) sum += value;
  return sum / static_cast<double>(count());
}

// In two passes: the textbook's single pass loses every digit when the spread is small.
double Replications::standard_deviation() const {
  SIM_CHECK(count() >= 2);
  const double first = values_.begin()->second;
  const auto is_first = [first](const auto& entry) { return entry.second == first; };
  if (std::ranges::all_of(values_, is_first)) return 0;  // and not what rounding makes of it
  const double middle = mean();
  double sum = 0;
  for (const auto& [replication, value] : values_) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(count() - 1));
}

Estimate Replications::estimate(double confidence) const {
  SIM_CHECK(0 < confidence && confidence < 1);
  if (count() < 2) return {mean(), std::numeric_limits<double>::infinity(), count()};
  const double n = static_cast<double>(count());
  const double t = students_t_exceeded((1 - confidence) / 2, n - 1);
  return {mean(), t * standard_deviation() / std::sqrt(n), count()};
}

Replications paired_difference(const Replications& a, const Replications& b) {
  Replications difference;
  for (const auto& [replication, value] : a.values())
    if (const auto other = b.values().find(replication); other != b.values().end())
      difference.add(replication, value - other->second);
  return difference;
}

}  // namespace sim
