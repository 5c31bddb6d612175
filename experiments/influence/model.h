// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "experiments/influence/conclusion.h"
#include "experiments/influence/factor.h"
#include "experiments/runner.h"

namespace influence {

/// A place of each factor; none: its default.
using Places = std::vector<std::optional<double>>;
/// In each replication; none: there is no such machine, or a run failed.
using Answer = std::optional<sim::Replications>;
/// The answer at each of several places, at once, so that they may run side by side. Methods know
/// no more of an experiment than this, and are tested with functions whose answers are known.
using Model = std::function<std::vector<Answer>(const std::vector<Places>& places)>;

/// What the simulator answers. All places see the same requests (common random numbers).
class Simulated {
 public:
  Simulated(Conclusion conclusion, std::vector<experiments::Point> points,
            std::vector<Factor> factors, experiments::RunnerOptions runner)
      : conclusion_(std::move(conclusion)),
        points_(std::move(points)),
        factors_(std::move(factors)),
        runner_(std::move(runner)) {}

  std::vector<Answer> operator()(const std::vector<Places>& places) const;

 private:
  bool add(const Places& places, std::size_t index, std::vector<experiments::Point>& points) const;

  Conclusion conclusion_;
  std::vector<experiments::Point> points_;  // one for each variant
  std::vector<Factor> factors_;
  experiments::RunnerOptions runner_;
};

}  // namespace influence
