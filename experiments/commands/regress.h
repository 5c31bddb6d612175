// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/experiment_options.h"
#include "experiments/commands/listing.h"

namespace commands {

struct RegressOptions {
  ExperimentOptions experiment;  // `file` is the folder of the paper's experiments
  std::string baseline;          // values that were accepted before
  std::string accept;            // where to write this run's values, for later baselines
  std::string report;            // where to write the HTML report
  std::string junit;             // where to write the results as JUnit's XML
  Form form = Form::kText;
};

/// The paper's numbers beside the simulation's.
int regress(const RegressOptions& options);

}  // namespace commands
