// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "subsystems/memory/tiering_stats.h"

namespace experiments {

using NamedValues = std::vector<std::pair<std::string, double>>;

/// How long iterations take, simulated or for real. One that ends an epoch: in turn the scan, the
/// wait for the agent, and what it decided. Nothing of what has not come to pass.
void add_iteration_times(NamedValues& values, const tiering::DaemonStats& daemon);

/// What a whole scan is of an epoch's scans; for an epoch that is over.
double whole_scans(const tiering::DaemonStats& daemon, std::int64_t batches);

/// The parts that each of the agent's threads takes of the wait, if an epoch is over.
void add_agent_stages(NamedValues& values, const tiering::DaemonStats& daemon,
                      const tiering::StageStats& agent, std::int64_t batches, int threads);

}  // namespace experiments
