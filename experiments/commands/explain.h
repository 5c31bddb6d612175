// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/commands/experiment_options.h"

namespace commands {

struct ExplainOptions {
  ExperimentOptions experiment;
  std::string variant;
  std::vector<std::string> compare;  // none or two variants
  std::optional<std::int64_t> decision;
  std::string html;  // a file; empty: none
};

/// Tells one scheduling decision of a run, step by step, or two side by side. Returns an exit code.
int explain(const ExplainOptions& options);

}  // namespace commands
