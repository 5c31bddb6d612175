// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "experiments/machine_params.h"

namespace experiments {

/// What the machine's own microbenchmarks (E1) find, by name; each name's last word is its unit.
struct HardwareResult {
  std::vector<std::pair<std::string, double>> values;
  std::uint64_t events = 0;
  std::uint64_t trace_hash = 0;
};

/// Runs them on a machine of its own each. Nothing in them is random.
HardwareResult measure_hardware(const MachineParams& machine);

}  // namespace experiments
