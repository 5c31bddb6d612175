// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/measure/experiment.h"
#include "experiments/measure/fault_windows.h"
#include "experiments/system/server.h"

namespace experiments {

/// Runs a server through its faults, and looks meanwhile at what is to be said about them. Without
/// faults it only runs it.
class FaultWatch {
 public:
  /// From the end of the warm-up, which is the present, to the end of the run.
  FaultWatch(Server& server, const ExperimentParams& experiment);

  void run_until(sim::Time when);
  /// `stats` are those of the whole run.
  std::vector<std::pair<std::string, double>> values(const ServerStats& stats) const;

 private:
  void note_windows_until(sim::Time when);
  std::optional<sim::Time> first_noticed() const;

  Server& server_;
  FaultWindows windows_;
  Recovery recovery_;
  sim::Time next_look_;
};

}  // namespace experiments
