// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/regress/regress.h"
#include "experiments/regress/sensitivity.h"
#include "experiments/report/page.h"
#include "experiments/report/record.h"

namespace commands {

/// What result files hold, whichever command wrote them.
struct ResultFiles {
  report::Records records;  // of sweep and run --json
  report::Records missing;  // what sweeps have not run, or what failed: then with its error
  std::vector<experiments::TargetResult> targets;  // of regress --json
  std::vector<experiments::Effect> effects;        // of sensitivity --json
  std::vector<report::VarianceShares> shares;      // of sensitivity --sobol --json

  bool empty() const {
    return records.empty() && targets.empty() && effects.empty() && shares.empty();
  }
};

/// Reads stores of results and lines of JSON. Throws sim::ConfigError, which names file and line,
/// and if there are no results in any of them.
ResultFiles read_result_files(const std::vector<std::string>& paths);

}  // namespace commands
