// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/commands/experiment_options.h"
#include "experiments/commands/listing.h"

namespace commands {

struct SensitivityOptions {
  ExperimentOptions experiment;   // `file` is an experiment, or the folder of the paper's
  std::string value;              // what an experiment says: a value, a ratio, a difference
  std::string flip;               // a claim of which the end is looked for
  std::string conclusions;        // a file with conclusions of which each is tried
  std::vector<std::string> over;  // parameters; empty: the assumed and recalled ones
  int trajectories = 0;           // of a screening by Morris; 0: one at a time
  int rows = 0;                   // of Sobol's indices; 0: none
  std::size_t top = 4;            // parameters that have them: those that a screening ranks highest
  double beyond = 1;              // how far beyond its range a parameter is followed
  std::size_t most = 20;          // rows of a table
  Form form = Form::kText;
  std::string store;  // where each run is kept; empty: nowhere
};

/// Which assumptions move the answers most, or where they end a claim. With a store each run is
/// kept as soon as it is over, and what is there is not run again, so a study that was interrupted
/// goes on where it stopped, and ends with what it would have ended with.
int sensitivity(const SensitivityOptions& options);

}  // namespace commands
