// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "experiments/system/agents.h"
#include "experiments/system/fault_params.h"
#include "models/pcie/msix.h"
#include "sim/random.h"

namespace experiments {

/// Lets things go wrong when the experiment says so.
class Faults {
 public:
  struct Targets {
    Agents* agents;  // none: no fault is an agent's
    pcie::Link& link;
    pcie::Msix& msix;
  };

  Faults(sim::Simulation& sim, const std::vector<FaultParams>& faults, const Targets& targets);
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  /// But for the garbage, which agents count themselves.
  FaultStats stats() const;

 private:
  void inject(const FaultParams& fault);
  bool happens(const FaultParams& fault);
  bool happens_to_code(const FaultParams& fault, wave::FaultyRuntime* agent);
  bool loses_interrupt();

  sim::Simulation& sim_;
  const std::vector<FaultParams> faults_;
  const Targets targets_;
  sim::Stream random_;
  FaultStats stats_;
  double lost_share_ = 0;
  sim::Time lost_until_{};
};

}  // namespace experiments
