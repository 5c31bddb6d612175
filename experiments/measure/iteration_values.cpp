// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/iteration_values.h"

#include <algorithm>

namespace experiments {

using sim::to_seconds;

void add_iteration_times(NamedValues& values, const tiering::DaemonStats& daemon) {
  if (daemon.iterations > 0)
    values.emplace_back("iteration_ms", to_seconds(daemon.iterating) * 1e3 /
                                            static_cast<double>(daemon.iterations));
  if (daemon.epochs == 0) return;
  const auto epochs = static_cast<double>(daemon.epochs);
  values.emplace_back("whole_iteration_s", to_seconds(daemon.ending_epochs) / epochs);
  values.emplace_back("scan_s", to_seconds(daemon.scanning_all) / epochs);
  values.emplace_back("await_s", to_seconds(daemon.awaiting) / epochs);
  values.emplace_back("apply_s", to_seconds(daemon.applying) / epochs);
}

double whole_scans(const tiering::DaemonStats& daemon, std::int64_t batches) {
  return static_cast<double>(daemon.epochs) * static_cast<double>(batches) /
         static_cast<double>(std::max<std::int64_t>(daemon.scans, 1));
}

void add_agent_stages(NamedValues& values, const tiering::DaemonStats& daemon,
                      const tiering::StageStats& agent, std::int64_t batches, int threads) {
  if (daemon.epochs == 0) return;
  const auto epochs = static_cast<double>(daemon.epochs);
  const double all = epochs * threads;
  const double whole = whole_scans(daemon, batches);
  values.emplace_back("reading_s", to_seconds(agent.reading) * whole / all);
  values.emplace_back("observing_s", to_seconds(agent.observing) * whole / all);
  values.emplace_back("estimating_s", to_seconds(agent.estimating) / all);
  values.emplace_back("sorting_s", to_seconds(agent.sorting) / all);
  values.emplace_back("merging_s", to_seconds(agent.merging) / epochs);
  values.emplace_back("sampling_s", to_seconds(agent.sampling) / all);
  values.emplace_back("deciding_s", to_seconds(agent.deciding) / all);
}

}  // namespace experiments
