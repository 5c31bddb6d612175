// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/regress/regress.h"

namespace experiments {

/// What the format wants to know of a run besides its results.
struct TestRun {
  std::string started;  // "2026-11-26T18:30:00", UTC
  std::string host;
  double seconds = 0;
};

/// The report as JUnit's XML, as continuous-integration servers read it: a test case for each
/// target, in the form that Ant's schema describes. A value that moved away from the baseline is a
/// failure; one whose runs failed is an error; one that is not modelled is skipped. A miss of the
/// paper is neither: it is a finding (`system-out` lists them), as the program's exit code has it.
std::string as_junit(const RegressReport& report, const TestRun& run);

}  // namespace experiments
