// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/runner.h"
#include "sim/statistics.h"

namespace experiments {

/// How a target's value is computed: a value of one variant, and for a ratio the variant below it.
struct TargetSource {
  std::string experiment;  // "e3": the file e3.json beside the targets
  std::string value;       // "saturation_krps"
  std::string variant;
  std::string over = {};
};

/// One number of the paper.
struct Target {
  std::string id;
  std::string what;
  std::string unit;
  std::string tag;   // S, P: gates; R: reported
  std::string role;  // "input": calibrated, "prediction"
  std::optional<double> expected;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<TargetSource> from;  // none: not modelled yet

  bool gates() const { return tag == "S" || tag == "P"; }
};

std::vector<Target> load_targets(const std::string& path);

/// A value that was accepted, to compare later ones with.
struct Accepted {
  double value = 0;
  double half_width = 0;
};

struct TargetResult {
  Target target;
  std::optional<sim::Estimate> value;  // none: not modelled yet, or its runs failed
  std::string problem = {};            // why there is no value
  std::optional<Accepted> accepted = {};

  /// Relative to `expected`, or where there is only a range to its nearer end; 0 inside it.
  std::optional<double> error() const;
  /// Inside [low, high]. Not modelled is no pass.
  bool pass() const;
  bool missed() const { return value.has_value() && !pass(); }
  /// Away from the accepted value by more than the confidence of the two.
  bool moved() const;
};

struct RegressOptions {
  std::string folder = "experiments/paper";  // targets.json and the experiments
  std::string baseline = {};                 // an accepted.json; empty: none
  std::vector<std::string> settings = {};    // as for `expand`
  RunnerOptions runner = {};
};

struct RegressReport {
  std::vector<TargetResult> targets;
  bool stopped = false;

  /// What gates: S and P targets missed; with a baseline only values that moved.
  bool failed(bool has_baseline) const;
};

RegressReport regress(const RegressOptions& options);

std::string as_text(const RegressReport& report);
std::string as_markdown(const RegressReport& report);
/// One object per line.
std::string as_json(const RegressReport& report);
/// An accepted.json for later runs.
std::string as_accepted(const RegressReport& report);

}  // namespace experiments
