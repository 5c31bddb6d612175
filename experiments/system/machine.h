// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "experiments/system/machine_params.h"
#include "models/machine/graph.h"
#include "models/memory/domain.h"

namespace experiments {

/// The graph of a machine, and its parts that a system is wired from.
struct Machine {
  machine::Graph graph;
  zen3::Zen3 host;
  mount_evans::MountEvans nic;
};
Machine make_machine(const MachineParams& params);

/// Whether a coherent link makes the NIC's cores part of the host's coherence.
bool joins_nic(const MachineParams& params);
/// Whether the link between the host's sockets is one that the experiment chose.
bool joins_sockets(const MachineParams& params);

/// What hardware keeps coherent among host threads, in the order given, and behind them the NIC's
/// cores if a coherent link joins those. Each socket in use is a node, and so is the NIC.
memory::Joined coherence_of(const MachineParams& params, const std::vector<int>& threads);

}  // namespace experiments
