// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/points/experiment_file.h"

namespace experiments {

/// Reads a machine from a file of its own, {"machine": {...}}, as `wavesim calibrate` writes it:
/// what differs from the default machine. An empty path stands for that one. Throws
/// sim::ConfigError for any other key.
MachineParams read_machine(const std::string& path);
MachineParams read_machine(const sim::Document& document);

/// `expand` with another machine below the experiment: what the file, its variants, its sweep and
/// the settings say of the machine is laid over it, presets included.
std::vector<Point> expand(const sim::Document& document, const std::vector<std::string>& settings,
                          const MachineParams& machine, std::size_t most = kMostPoints);

}  // namespace experiments
