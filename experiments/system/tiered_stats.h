// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/system/fault_params.h"
#include "sim/describe.h"
#include "sim/member_wise.h"
#include "subsystems/memory/policies/sol.h"
#include "subsystems/memory/tiered_memory.h"
#include "subsystems/memory/tiering_stats.h"
#include "workloads/request_sampler.h"

namespace experiments {

/// Everything that a run of memory management counts. Plain and subtractable.
struct TieredStats {
  tiering::AccessStats accesses{};
  tiering::DaemonStats daemon{};
  tiering::MigratorStats migrator{};
  tiering::StageStats agent{};
  tiering::SolStats sol{};
  workloads::RequestDelayStats requests{};
  sim::Bytes to_agent{};
  sim::Bytes to_host{};
  sim::Duration dma_busy{};
  FaultStats faults{};

  static void describe(auto&& stat) {
    stat(&TieredStats::accesses, "accesses", "the application's");
    stat(&TieredStats::daemon, "daemon", "the host's kernel, scanning");
    stat(&TieredStats::migrator, "migrator", "the host's kernel, moving pages");
    stat(&TieredStats::agent, "agent", "all its threads together");
    stat(&TieredStats::sol, "sol", "its policies together, and their safeguards");
    stat(&TieredStats::requests, "requests", "the application's, some of them");
    stat(&TieredStats::to_agent, "to_agent", "moved by DMA to the NIC");
    stat(&TieredStats::to_host, "to_host", "moved by DMA to the host");
    stat(&TieredStats::faults, "faults", "what went wrong on purpose");
    stat(&TieredStats::dma_busy, "dma_busy", "time the NIC's DMA port took for both");
  }
  friend TieredStats operator-(const TieredStats& a, const TieredStats& b) {
    return sim::difference(a, b);
  }
};

}  // namespace experiments
