// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/tiered_server.h"

#include <fmt/format.h>
#include <utility>

#include "experiments/system/machine.h"
#include "sim/check.h"
#include "subsystems/memory/policies/fixed_period.h"
#include "subsystems/memory/policies/oracle.h"
#include "subsystems/memory/policies/sol.h"
#include "workloads/capture_file.h"

namespace experiments {
namespace {

using tiering::Batch;
using tiering::Part;
using tiering::Period;

// The daemon's two threads, on cores of their own.
constexpr int kScanner = 0;
constexpr int kMigrator = 1;
constexpr int kFirstThread = 2;

std::unique_ptr<tiering::Policy> make_policy(const TieringPolicyParams& params, const Part& part,
                                             tiering::Oracle::TrueRate true_rate) {
  const auto longest = static_cast<Period>(part.periods - 1);
  switch (params.kind) {
    case TieringPolicyKind::kSol:
      return std::make_unique<tiering::Sol>(part, params.sol());
    case TieringPolicyKind::kFastest:
      return std::make_unique<tiering::FixedPeriod>(part, Period{0});
    case TieringPolicyKind::kSlowest:
      return std::make_unique<tiering::FixedPeriod>(part, longest);
    case TieringPolicyKind::kLastScan:
      return std::make_unique<tiering::LastScanThreshold>(
          part, tiering::LastScanThresholdParams{.period = longest,
                                                 .accessed = params.threshold,
                                                 .scans_to_age = params.scans_to_age});
    case TieringPolicyKind::kOracle:
      return std::make_unique<tiering::Oracle>(part, std::move(true_rate));
  }
  sim::broken("a policy of a known kind", __FILE__, __LINE__);
}

tiering::TlbSetup tlb_of(const tiering::TieringParams& params) {
  return {.entries = params.application.tlb_entries,
          .cores = params.application.cores,
          .flushed = params.host.flush_tlb};
}

}  // namespace

TieredServer::TieredServer(const MachineParams& machine, Placement placement,
                           const MemoryParams& memory, std::uint64_t seed,
                           const std::vector<FaultParams>& faults)
    : placement_(placement), params_(memory), sim_(seed) {
  const tiering::TieringParams& tiering = params_.tiering;
  build_cores(machine);
  memory_.emplace(sim_, static_cast<Batch>(tiering.batches()), tiering.batch_pages, seed,
                  tlb_of(tiering));
  build_load(seed);
  const std::int64_t room = tiering.fast_memory.count / (tiering.batch_pages * tiering.page.count);
  for (std::int64_t b = room; b < memory_->batches(); ++b) memory_->move(static_cast<Batch>(b));
  build_daemon(machine);
  build_agent(seed);
  faults_.emplace(sim_, faults, MemoryFaults::Targets{.threads = threads_, .dma = dma_});
  load_ ? load_->start() : replay_->start();
  if (!load_) return;
  sampler_.emplace(params_.load, sim_, *load_, *delays_, seed);
  sampler_->start();
}

TieredServer::~TieredServer() = default;

void TieredServer::build_load(std::uint64_t seed) {
  const workloads::PageLoadParams& load = params_.load;
  if (load.kind == workloads::PageLoadKind::kKeyValue) {
    load_.emplace(load, sim_, *memory_, params_.tiering.batch_pages * params_.tiering.page, seed);
    return;
  }
  const auto file = sim::Document::load(workloads::path_of_capture(load.capture));
  workloads::PageCapture capture = workloads::read_page_capture(file);
  const auto some = static_cast<std::size_t>(load.intervals);
  if (some > 0 && some < capture.intervals.size()) capture.intervals.resize(some);
  replay_.emplace(capture, load.interval, sim_, *memory_);
}

void TieredServer::build_cores(const MachineParams& params) {
  const Machine machine = make_machine(params);
  const int threads = params_.tiering.threads;
  const int host_cores = kFirstThread + (on_nic() ? 0 : threads);
  // One hardware thread of each core, as an agent that is busy for long is placed.
  std::vector<machine::Graph::Vertex> used;
  for (int core = 0; core < host_cores; ++core)
    used.push_back(machine.host.threads[static_cast<std::size_t>(core) *
                                        static_cast<std::size_t>(params.host.threads_per_core)]);
  host_.emplace("host", params.host.caches, host_cores, machine.graph.table(used));
  nic_.emplace("nic", params.nic.caches.domain(), params.nic.cores,
               machine.graph.table(machine.nic.cores));
  for (int core = 0; core < host_cores; ++core)
    host_cores_.emplace_back(sim_, fmt::format("cpu{}", core), *host_, core, params.host.core);
  for (int core = 0; on_nic() && core < threads; ++core)
    nic_cores_.emplace_back(sim_, fmt::format("nic{}", core), *nic_, core, params.nic.core.core());
}

void TieredServer::observe(const Observers& observers) {
  for (const CorePlace& place : cores()) place.core->observe(observers.cores);
  if (dma_ != nullptr) dma_->observe(observers.pcie);
}

std::vector<CorePlace> TieredServer::cores() {
  std::vector<CorePlace> places;
  for (core::Core& core : host_cores_) {
    const bool of_daemon = core.index() < kFirstThread;
    places.push_back(
        {.core = &core, .role = of_daemon ? CoreRole::kDaemon : CoreRole::kAgent, .on_nic = false});
  }
  for (core::Core& core : nic_cores_)
    places.push_back({.core = &core, .role = CoreRole::kAgent, .on_nic = true});
  return places;
}

void TieredServer::build_daemon(const MachineParams& machine) {
  if (on_nic()) {
    auto dma = std::make_unique<DmaTransport>(sim_, machine.pcie, params_.dma_queues);
    dma_ = dma.get();
    transport_ = std::move(dma);
  } else {
    transport_ = std::make_unique<SharedMemoryTransport>(sim_);
  }
  core::Core& scanner = host_cores_[kScanner];
  migrator_.emplace(tiering::Migrator::Parts{
      .params = params_.tiering, .memory = *memory_, .core = host_cores_[kMigrator]});
  delays_.emplace(params_.tiering.application, sim_, *memory_, *migrator_);
  daemon_.emplace(tiering::Daemon::Parts{
      .params = params_.tiering,
      .memory = *memory_,
      .scanner = scanner,
      .migrator = *migrator_,
      .ship = [this, &scanner](int part, tiering::Shipment shipment) {
        threads_[static_cast<std::size_t>(part)].ship(scanner, std::move(shipment));
      }});
}

void TieredServer::build_agent(std::uint64_t seed) {
  const tiering::TieringParams& p = params_.tiering;
  const tiering::Layout& layout = daemon_->layout();
  meeting_.emplace(p.threads);
  std::vector<tiering::TieringAgent::PartPolicy> policies;
  std::deque<core::Core>& cores = on_nic() ? nic_cores_ : host_cores_;
  const int first = on_nic() ? 0 : kFirstThread;
  for (int number = 0; number < p.threads; ++number) {
    const int place = first + number;
    core::Core& core = cores[static_cast<std::size_t>(place)];
    threads_.emplace_back(tiering::AgentThread::Parts{.core = core,
                                                      .params = params_.tiering,
                                                      .part = number,
                                                      .meeting = *meeting_,
                                                      .transport = *transport_,
                                                      .daemon = *daemon_,
                                                      .seed = seed});
    const Part part{.batches = layout.batches_of(number),
                    .pages = p.batch_pages,
                    .shortest = tiering::Seconds{sim::to_seconds(p.shortest_period)},
                    .periods = p.periods,
                    .seed = sim::Stream(seed, fmt::format("policy of part {}", number))()};
    const auto true_rate = [this, &layout, number](Batch batch) {
      return static_cast<float>(this->true_rate(layout.global(number, batch)));
    };
    std::vector<tiering::InFastTier> tiers;
    for (Batch b = 0; b < part.batches; ++b)
      tiers.push_back(memory_->is_fast(layout.global(number, b)) ? 1 : 0);
    policies.push_back(
        {make_policy(params_.policy, part, true_rate), part.batches, std::move(tiers)});
    if (params_.policy.kind == TieringPolicyKind::kSol)
      sols_.push_back(static_cast<const tiering::Sol*>(policies.back().policy.get()));
  }
  agent_ = std::make_unique<tiering::TieringAgent>(
      std::move(policies), tiering::HotSetParams{.objective = p.objective,
                                                 .reserve = params_.policy.reserve,
                                                 .margin = params_.policy.margin});
  daemon_->start();
  for (int number = 0; number < p.threads; ++number)
    threads_[static_cast<std::size_t>(number)].start(
        [this, number](tiering::AgentRuntime& runtime) { agent_->run(number, runtime); });
}

/// A replay's present interval says little about a batch; what is to come until an oracle is asked
/// again is what it has to know.
double TieredServer::true_rate(Batch batch) const {
  return replay_ ? replay_->coming_rate(batch, params_.tiering.epoch())
                 : memory_->table().rate(batch);
}

TieredStats TieredServer::stats() {
  TieredStats stats{
      .accesses = memory_->accesses(), .daemon = daemon_->stats(), .migrator = migrator_->stats()};
  for (const tiering::AgentThread& thread : threads_) stats.agent = stats.agent + thread.stats();
  for (const tiering::Sol* sol : sols_) stats.sol = stats.sol + sol->stats();
  if (sampler_) stats.requests = sampler_->stats();
  stats.faults = faults_->stats();
  if (dma_ == nullptr) return stats;
  stats.to_agent = dma_->dma().stats().from_host;
  stats.to_host = dma_->dma().stats().to_host;
  stats.dma_busy = dma_->dma().stats().busy;
  return stats;
}

std::vector<double> TieredServer::period_shares() const {
  std::vector<double> shares(static_cast<std::size_t>(params_.tiering.periods));
  const Batch batches = daemon_->layout().batches;
  for (Batch batch = 0; batch < batches; ++batch) shares[daemon_->period(batch)] += 1.0 / batches;
  return shares;
}

void TieredServer::check_invariants() const {
  daemon_->check_invariants();
  migrator_->check_invariants();
}

}  // namespace experiments
