// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/commands/experiment_options.h"
#include "experiments/commands/listing.h"

namespace commands {

struct SensitivityOptions {
  ExperimentOptions experiment;  // `file` is the folder of the paper's experiments
  Form form = Form::kText;
};

/// Which assumptions move the answers most.
int sensitivity(const SensitivityOptions& options);

}  // namespace commands
