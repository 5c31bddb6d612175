// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/commands/experiment_options.h"

namespace commands {

struct TraceOptions {
  ExperimentOptions experiment;
  std::string variant;
  std::string from = "10ms";
  std::string span = "200us";
};

/// Records a part of a run for a trace viewer. Returns an exit code.
int trace(const TraceOptions& options);

}  // namespace commands
