// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/points/runner.h"

namespace experiments {

/// How one parameter, moved to the ends of its range while all others stay, moves one ratio.
struct Effect {
  std::string path;
  char tag = 'A';
  std::string low;  // the range's ends, as text
  std::string high;
  std::string ratio;  // a target's id: "e3.total_gain"
  double at_default = 0;
  std::optional<double> at_low;  // none: no such machine, or its run failed
  std::optional<double> at_high;
  bool low_overloaded = false;  // what is found there says how long the runs were, not more
  bool high_overloaded = false;

  /// The larger of the two moves, relative to the default.
  double size() const;
};

struct SensitivityOptions {
  std::string folder = "experiments/paper";
  std::vector<std::string> settings = {};
  RunnerOptions runner = {};
  std::string machine = {};  // a file with another machine
};

/// Varies each assumed (A) and recalled (R) parameter that has a range over it, one at a time, and
/// looks at the saturation ratios that the targets name. Ratios in the targets' order, in each the
/// largest effect first.
///
/// To be cheap, a system's throughput is here what it completes under overload in one short run:
/// that is its saturation throughput as long as overload does not slow it down. The same requests
/// come in every run, so that what chance does to a ratio hardly moves.
std::vector<Effect> sensitivity(const SensitivityOptions& options);

/// The `most` largest of each ratio.
std::string effects_as_text(const std::vector<Effect>& effects, std::size_t most);
std::string effects_as_markdown(const std::vector<Effect>& effects, std::size_t most);
/// All of them.
std::string effects_as_json(const std::vector<Effect>& effects);

}  // namespace experiments
