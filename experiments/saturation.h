// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "experiments/experiment.h"

namespace experiments {

struct Saturation {
  double rate = 0;           // the highest offered load that was kept up with, in requests a second
  double refused_rate = 0;   // the lowest that was not
  std::uint64_t events = 0;  // of all probes
  std::uint64_t trace_hash = 0;
  int probes = 0;
};

/// Finds the highest load that the system keeps up with. The rate in `experiment` is not used.
Saturation find_saturation(const ExperimentParams& experiment, std::uint64_t seed);

}  // namespace experiments
