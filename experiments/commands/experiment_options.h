// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/points/experiment_file.h"
#include "experiments/points/progress.h"
#include "experiments/points/runner.h"

namespace commands {

/// What every command that runs experiments understands.
struct ExperimentOptions {
  std::string file;
  std::vector<std::string> assignments;  // "path=value"
  std::string policy;                    // a library with a policy; empty: the file's own
  std::string machine;                   // a file with another machine; empty: the default one
  std::vector<std::string> variants;     // only these; empty: all
  std::optional<std::uint64_t> seed;
  std::optional<int> replications;
  int jobs = 0;               // how many runs at once; 0: as many as there are cores
  bool check_memory = false;  // look for stale reads; finding one is a missed gate
  bool json = false;
  std::string out;
};

/// What the command line names to be read. Not those that the experiment names: captures and
/// traces.
std::vector<std::string> files_read(const ExperimentOptions& options);

/// The assignments, --seed and --replications among them.
std::vector<std::string> settings_of(const ExperimentOptions& options);

/// Leaves those of these variants. Throws sim::ConfigError if there is no point of one of them.
void keep_variants(std::vector<experiments::Point>& points,
                   const std::vector<std::string>& variants);

/// The file's points as the command line changes them, all checked. Says on standard error which
/// values lie outside the range that their source vouches for. Refuses to write over a file that
/// they read.
std::vector<experiments::Point> points_of(const ExperimentOptions& options);

/// Runs stop after Ctrl-C, and `line` shows how far they are.
experiments::RunnerOptions runner_options(const ExperimentOptions& options,
                                          experiments::ProgressLine& line);

}  // namespace commands
