// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "experiments/points/runner.h"
#include "experiments/regress/baseline.h"
#include "sim/describe.h"
#include "sim/document.h"
#include "sim/statistics.h"

namespace experiments {

/// What a target says about an experiment that is swept.
enum class Across {
  kOne,         // nothing: there is one point of the variant
  kMost,        // the largest value of all points
  kLeast,       // the smallest
  kNeverRises,  // 1 if no point's value is above the one's before, within confidence; else 0
};

constexpr auto enum_names(std::type_identity<Across>) {
  using sim::EnumName;
  return std::array{EnumName{Across::kOne, "one"}, EnumName{Across::kMost, "most"},
                    EnumName{Across::kLeast, "least"},
                    EnumName{Across::kNeverRises, "never_rises"}};
}

/// How a target's value is computed: a value of one variant, for a ratio or a gap that of another
/// one, and for a trend those of several.
struct TargetSource {
  std::string experiment;  // "e3": the file e3.json beside the targets
  std::string value;       // "saturation_krps"
  std::string variant;
  std::string over = {};
  std::string short_of = {};
  std::vector<std::string> falls_along = {};
  Across across = Across::kOne;

  static void describe(auto&& field) {
    using S = TargetSource;
    field(&S::experiment, "experiment", "name of the file beside the targets, without .json");
    field(&S::value, "value", "name of the value");
    field(&S::variant, "variant", "of the experiment; empty when it has none");
    field(&S::over, "over", "for a ratio: the variant that is divided by");
    field(&S::short_of, "short_of",
          "for a gap: the variant that it falls short of, 1 less the ratio of the two");
    field(&S::falls_along, "falls_along",
          "for a trend: further variants along which the value falls, each below the one before; "
          "the share of replications in which it does");
    field(&S::across, "across", "of a sweep: which of its points, or what of all of them");
  }
};

/// One number of the paper.
struct Target {
  std::string id;
  std::string what;
  std::string unit;
  std::string tag;   // S, P: gates; R: reported
  std::string role;  // "input": calibrated, "prediction"
  std::string source;
  std::optional<double> expected;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<TargetSource> from;  // none: not modelled yet

  bool gates() const { return tag == "S" || tag == "P"; }

  static void describe(auto&& field) {
    field(&Target::id, "id", "its name");
    field(&Target::what, "what", "what is compared");
    field(&Target::unit, "unit", "of the numbers below");
    field(&Target::tag, "tag", "S stated, P published: these gate; R recalled");
    field(&Target::role, "role", "input: calibrated; prediction: not");
    field(&Target::source, "source", "where the paper's number was read");
    field(&Target::expected, "expected", "the paper's number");
    field(&Target::low, "low", "least value that passes");
    field(&Target::high, "high", "greatest value that passes");
    field(&Target::from, "from", "how it is computed; null: not modelled yet");
  }
};

/// Throws sim::ConfigError, also for targets that contradict themselves or each other.
std::vector<Target> load_targets(const sim::Document& document);
std::vector<Target> load_targets(const std::string& path);

/// A value that was accepted, to compare later ones with.
struct Accepted {
  double value = 0;
  double half_width = 0;
  std::map<std::string, double> runs = {};

  static void describe(auto&& field) {
    field(&Accepted::value, "value", "mean over the replications");
    field(&Accepted::half_width, "half_width", "of its 95 % confidence interval");
    field(&Accepted::runs, "runs", "the value of each replication, by its seed");
  }
};

struct TargetResult {
  Target target;
  std::optional<sim::Estimate> value = {};  // none: not modelled yet, or its runs failed
  std::string problem = {};                 // why there is no value
  BySeed runs = {};                         // the value in each replication
  std::optional<Accepted> accepted = {};
  std::optional<Judgement> judgement = {};  // none: nothing accepted, or no runs to compare with

  /// Relative to `expected`, or where there is only a range to its nearer end; 0 inside it.
  std::optional<double> error() const;
  /// None was expected, so that none is missed.
  bool waits() const { return !target.from && problem.empty(); }
  /// Inside [low, high]. Not modelled is no pass.
  bool pass() const;
  bool missed() const { return value.has_value() && !pass(); }
  /// Away from the accepted value by more than chance explains; where the baseline has no runs, by
  /// more than the confidence of the two. A value that is no longer found has moved.
  bool moved() const;
};

struct RegressOptions {
  std::string folder = "experiments/paper";  // targets.json and the experiments
  std::string baseline = {};                 // an accepted.json; empty: none
  std::vector<std::string> settings = {};    // as for `expand`
  RunnerOptions runner = {};
  std::string machine = {};        // a file with another machine; empty: the default one
  std::vector<Point> beside = {};  // to be run too; `runner.finished` hears of them
};

struct RegressReport {
  std::vector<TargetResult> targets;
  bool stopped = false;

  /// What gates: S and P targets missed; with a baseline only values that moved, are not
  /// found, or have no target any more.
  bool failed(bool has_baseline) const;
};

/// The value of each target from what the experiments found, by name; nothing is run.
std::vector<TargetResult> evaluate(const std::vector<Target>& targets,
                                   const std::map<std::string, std::vector<PointResult>>& found);

/// Judges all targets together against what was accepted; `again` runs more replications of some.
using RunAgain = std::function<std::vector<TargetResult>(const std::vector<Target>& doubtful)>;
void compare(std::vector<TargetResult>& results, const RunAgain& again = {});

/// Runs the experiments that the targets name, points that several share once, and compares.
RegressReport regress(const RegressOptions& options);

std::string as_text(const RegressReport& report);
std::string as_markdown(const RegressReport& report);
/// For a pull request: before and after, what moved first.
std::string changes_as_markdown(const RegressReport& report);
/// One object per line.
std::string as_json(const RegressReport& report);
/// An accepted.json for later runs.
std::string as_accepted(const RegressReport& report);

}  // namespace experiments
