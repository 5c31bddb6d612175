// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "experiments/influence/conclusion.h"
#include "experiments/influence/factor.h"
#include "experiments/points/runner.h"

namespace influence {

/// A place of each factor; none: its default.
using Places = std::vector<std::optional<double>>;
/// What was found in each replication; nothing: there is no such machine, or a run failed.
struct Answer {
  Answer() = default;
  Answer(std::optional<sim::Replications> found) : values(std::move(found)) {}

  std::optional<sim::Replications> values = {};
  /// A run that they come from was (RunResult::unstable): they say how long that was, not more.
  bool overloaded = false;

  /// There is such a machine, and still nothing was found.
  bool failed = false;

  explicit operator bool() const { return values.has_value(); }
  sim::Replications& operator*() { return *values; }
  const sim::Replications& operator*() const { return *values; }
  sim::Replications* operator->() { return &*values; }
  const sim::Replications* operator->() const { return &*values; }
  bool operator==(const Answer&) const = default;
};
/// The answer at each of several places, at once, so that they may run side by side. Methods know
/// no more of an experiment than this, and are tested with functions whose answers are known.
using Model = std::function<std::vector<Answer>(const std::vector<Places>& places)>;
/// The same of several conclusions, whose answers come from the same runs: at each place one for
/// each, from so many replications.
using Answers = std::vector<Answer>;
using JointModel =
    std::function<std::vector<Answers>(const std::vector<Places>& places, int replications)>;

/// The same without what systems answer that do not keep up, unless the one with all factors at
/// their defaults does not either: like is compared with like. `left_out` counts what is missing
/// for that, for as long as the model is used.
Model without_overload(const Model& model, std::size_t factors, std::size_t& left_out);

/// What the simulator answers to several conclusions about one experiment. All places see the same
/// requests (common random numbers).
class JointlySimulated {
 public:
  JointlySimulated(std::vector<Conclusion> conclusions, std::vector<experiments::Point> points,
                   std::vector<Factor> factors, experiments::RunnerOptions runner)
      : conclusions_(std::move(conclusions)),
        points_(std::move(points)),
        factors_(std::move(factors)),
        runner_(std::move(runner)) {}

  /// With none given, as many replications as the points' `run.replications` says: replications are
  /// compared one by one, so no precision that the points ask for adds to some of them.
  std::vector<Answers> operator()(const std::vector<Places>& places,
                                  std::optional<int> replications = {}) const;

 private:
  std::vector<experiments::Point> variants_at(const Places& places,
                                              std::optional<int> replications) const;

  std::vector<Conclusion> conclusions_;
  std::vector<experiments::Point> points_;  // one for each variant
  std::vector<Factor> factors_;
  experiments::RunnerOptions runner_;
};

/// What it answers to one.
class Simulated {
 public:
  Simulated(Conclusion conclusion, std::vector<experiments::Point> points,
            std::vector<Factor> factors, experiments::RunnerOptions runner)
      : all_({std::move(conclusion)}, std::move(points), std::move(factors), std::move(runner)) {}

  std::vector<Answer> operator()(const std::vector<Places>& places) const;

 private:
  JointlySimulated all_;
};

}  // namespace influence
