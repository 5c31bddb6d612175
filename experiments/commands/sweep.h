// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/experiment_options.h"

namespace commands {

struct SweepOptions : ExperimentOptions {
  std::string shard;  // "2/8"; empty: all points
};

/// Runs every point. Keeps each run in the store `out` as soon as it is over, and runs nothing that
/// is there already, so a sweep that was interrupted goes on where it stopped. Without a store each
/// complete point goes to standard output.
int sweep(const SweepOptions& options);

}  // namespace commands
