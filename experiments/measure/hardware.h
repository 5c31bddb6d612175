// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "experiments/system/machine_params.h"
#include "sim/simulation.h"

namespace experiments {

/// What the machine's own microbenchmarks (E1) find, by name; each name's last word is its unit.
struct HardwareResult {
  std::vector<std::pair<std::string, double>> values;
  std::uint64_t events = 0;
  std::uint64_t trace_hash = 0;

  /// One of the machines has run.
  void account(const sim::Simulation& sim) {
    events += sim.events();
    trace_hash = trace_hash * 0x100000001b3 ^ sim.hash();
  }
};

/// Runs them on a machine of its own each. Nothing in them is random.
HardwareResult measure_hardware(const MachineParams& machine);

}  // namespace experiments
