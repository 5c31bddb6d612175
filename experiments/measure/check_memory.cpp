// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "experiments/measure/experiment_checks.h"
#include "sim/config_error.h"
#include "subsystems/memory/policies/lessons.h"
#include "workloads/page_capture.h"

namespace experiments {
namespace {

using sim::require;

void check_batches(const tiering::TieringParams& t) {
  require(1 <= t.batch_pages && t.batch_pages <= tiering::TouchTable::kMostPages,
          "memory.tiering.batch_pages", fmt::format("{} pages", t.batch_pages),
          fmt::format("give 1 to {}", tiering::TouchTable::kMostPages));
  require(t.page >= sim::Bytes{4096}, "memory.tiering.page",
          fmt::format("{} bytes are no page", t.page.count), "give at least 4 KiB");
  constexpr std::int64_t kMost = 1 << 24;
  require(1 <= t.batches() && t.batches() <= kMost, "memory.tiering.memory",
          fmt::format("is {} batches of {} pages", t.batches(), t.batch_pages),
          fmt::format("give 1 to {}, or another memory.tiering.batch_pages", kMost));
  require(t.host.entry.count >= 1 && t.host.chunk >= t.host.entry, "memory.tiering.host.chunk",
          "holds no entry", "give at least memory.tiering.host.entry, which is at least a byte");
}

void check_tiering(const tiering::TieringParams& t) {
  check_batches(t);
  require(1 <= t.periods && t.periods <= tiering::kMostPeriods, "memory.tiering.periods",
          fmt::format("{} periods", t.periods), fmt::format("give 1 to {}", tiering::kMostPeriods));
  require(t.shortest_period >= 1ms, "memory.tiering.shortest_period", "is too short",
          "give at least 1 ms");
  require(1 <= t.epoch_periods && t.epoch_periods <= 1000, "memory.tiering.epoch_periods",
          fmt::format("{} is out of bounds", t.epoch_periods), "give 1 to 1000");
  require(0 < t.objective && t.objective < 1, "memory.tiering.objective",
          fmt::format("{} is out of bounds", t.objective), "give more than 0 and less than 1");
  require(t.threads >= 1 && t.threads <= t.batches(), "memory.tiering.threads",
          fmt::format("{} threads, and there are {} batches", t.threads, t.batches()),
          "give each thread a batch at least");
  require(t.host.patience >= 1ms, "memory.tiering.host.patience", "is none", "give at least 1 ms");
  require(t.fast_memory >= t.batch_pages * t.page, "memory.tiering.fast_memory",
          "holds not even a batch", "give more");
  require(1 <= t.migration.together && t.migration.together <= 1 << 20,
          "memory.tiering.migration.together", fmt::format("{} pages", t.migration.together),
          "give 1 to 1048576");
  require(1 <= t.migration.tries && t.migration.tries <= 1000, "memory.tiering.migration.tries",
          fmt::format("{} tries", t.migration.tries), "give 1 to 1000");
  require(t.application.cores >= 1, "memory.tiering.application.cores", "0 cores run nothing",
          "give at least 1");
  require(0 <= t.application.far_cores && t.application.far_cores <= t.application.cores,
          "memory.tiering.application.far_cores",
          fmt::format("{} of {} cores", t.application.far_cores, t.application.cores),
          "give 0 to memory.tiering.application.cores");
  require(0 <= t.application.tlb_entries && t.application.tlb_entries <= 1 << 20,
          "memory.tiering.application.tlb_entries",
          fmt::format("{} entries", t.application.tlb_entries), "give 0 for no TLB, to 1048576");
}

void check_tiering_policy(const MemoryParams& m) {
  const TieringPolicyParams& p = m.policy;
  const auto is_share = [](double share, const char* path) {
    require(0 < share && share < 1, path, fmt::format("{} is out of bounds", share),
            "give more than 0 and less than 1");
  };
  is_share(p.saturated, "memory.policy.saturated");
  is_share(p.sample, "memory.policy.sample");
  is_share(p.remote_limit, "memory.policy.remote_limit");
  require(p.reserve < 1 - m.tiering.objective, "memory.policy.reserve",
          fmt::format("is {}, and the objective leaves {:.3g}", p.reserve, 1 - m.tiering.objective),
          "give less than memory.tiering.objective leaves");
  require(p.predicted <= 1, "memory.policy.predicted",
          fmt::format("{} is out of bounds", p.predicted), "give 0 to 1");
  require(p.kept < 1, "memory.policy.kept", fmt::format("{} is out of bounds", p.kept),
          "give less than 1");
  require(p.tolerated < 1, "memory.policy.tolerated",
          fmt::format("{} is out of bounds", p.tolerated), "give less than 1");
  require(1 <= p.threshold && p.threshold <= m.tiering.batch_pages, "memory.policy.threshold",
          fmt::format("{} pages, and a batch has {}", p.threshold, m.tiering.batch_pages),
          "give 1 to memory.tiering.batch_pages");
  require(p.scans_to_age >= 1, "memory.policy.scans_to_age", "0 scans say nothing",
          "give at least 1");
  if (p.kind != TieringPolicyKind::kSol) return;
  require(p.remote_limit > 1 - m.tiering.objective, "memory.policy.remote_limit",
          fmt::format("is {}, and the objective leaves {:.3g} to the slow tier", p.remote_limit,
                      1 - m.tiering.objective),
          "give more than memory.tiering.objective leaves");
}

void check_page_replay(const MemoryParams& m) {
  require(m.tiering.batch_pages == workloads::kPagesOfBatch && m.tiering.page == sim::Bytes{4096},
          "memory.load.kind", "captures are of pages of 4 KiB in batches of 64",
          "give such to memory.tiering, or use key_value");
  require(m.load.interval >= 1ms, "memory.load.interval", "is too short", "give at least 1 ms");
}

void check_page_load(const MemoryParams& m) {
  const workloads::PageLoadParams& load = m.load;
  const sim::Bytes batch = m.tiering.batch_pages * m.tiering.page;
  require(load.cluster.count >= batch.count && load.cluster.count % batch.count == 0,
          "memory.load.cluster",
          fmt::format("{} bytes are not whole batches of {}", load.cluster.count, batch.count),
          "give a multiple of memory.tiering.batch_pages x memory.tiering.page");
  require(load.index_memory < 1, "memory.load.index_memory", "leaves nothing to data",
          "give less than 1");
  require(load.index_pages >= 0 && load.data_pages >= 1 && load.pages() <= 64,
          "memory.load.data_pages",
          fmt::format("a request accesses {} pages of index and {} of data", load.index_pages,
                      load.data_pages),
          "give at least one of data, and 64 in all at most");
  require(load.puts <= 1, "memory.load.puts", fmt::format("{} is no share", load.puts),
          "give 0 to 1");
  const double data = (1 - load.index_memory) * static_cast<double>(m.tiering.memory.count);
  require(data >= static_cast<double>(load.cluster.count), "memory.load.cluster",
          "is more than all data", "give less, or more memory.tiering.memory");
  require(load.sampled.per_second > 0, "memory.load.sampled", "0 samples show nothing",
          "give at least one in some seconds, as in 10 /s");
  require(load.requests.per_second > 0, "memory.load.requests", "0 requests show nothing",
          "give more than 0");
  require(load.exponent <= 10, "memory.load.exponent",
          fmt::format("{} is out of bounds", load.exponent), "give 0 to 10");
  require(load.drift <= 1, "memory.load.drift", fmt::format("{} is out of bounds", load.drift),
          "give 0 to 1");
  for (const auto& [path, span] : {std::pair{"memory.load.drift_every", load.drift_every},
                                   std::pair{"memory.load.sweep_every", load.sweep_every},
                                   std::pair{"memory.load.sweep_takes", load.sweep_takes}})
    require(span == 0s || span >= 1ms, path, "is too short", "give 0 for never, or at least 1 ms");
}

}  // namespace

void check_memory(const ExperimentParams& p) {
  const MemoryParams& m = p.memory;
  check_tiering(m.tiering);
  check_tiering_policy(m);
  if (m.load.kind == workloads::PageLoadKind::kCapture)
    check_page_replay(m);
  else
    check_page_load(m);
  require(1 <= m.dma_queues.descriptors, "memory.dma_queues.descriptors", "0 move nothing",
          "give at least 1");
  require(p.system.placement == Placement::kHost || p.system.placement == Placement::kNic,
          "system.placement", "memory is managed from cores of the host or of the NIC",
          "use host or nic");
  require(!p.machine.interconnect, "machine.interconnect",
          "is not modelled for memory management, whose queues are moved by DMA", "leave it out");
  const bool on_nic = p.system.placement == Placement::kNic;
  const zen3::Zen3Params& host = p.machine.host;
  const int cores =
      on_nic ? p.machine.nic.cores : host.sockets * host.ccds * host.cores_per_ccd - 2;
  require(m.tiering.threads <= cores, "memory.tiering.threads",
          fmt::format("{} threads, each on a core of its own, and there are {}{}",
                      m.tiering.threads, cores, on_nic ? "" : " beside the daemon's two"),
          fmt::format("give at most {}", cores));
}

}  // namespace experiments
