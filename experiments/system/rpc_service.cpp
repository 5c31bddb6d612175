// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/rpc_service.h"

#include <utility>

#include "sim/check.h"

namespace experiments {
namespace {

using wave::scheduling::make_gtid;

/// Where parts of the host's memory lie for the IOMMU: far enough apart to share no page.
constexpr std::uint64_t kNotes = std::uint64_t{1} << 40;
constexpr std::uint64_t address_of_stack(std::size_t stack) {
  return (std::uint64_t{stack} + 1) << 32;
}

ethernet::Port::EngineDelay engine_of(const RpcParams& params) {
  const rpc::StackCosts& costs = params.stack.costs;
  if (costs.checksum != rpc::ByteWork::kEngine && costs.encryption != rpc::ByteWork::kEngine)
    return nullptr;
  return [engine = params.engine](sim::Bytes payload) { return engine.delay(payload); };
}

}  // namespace

/// A stack's program with all that is its own.
struct RpcService::Stack {
  Stack(const rpc::StackPlace& place, const RpcParams& params, int workers,
        std::unique_ptr<rpc::Announcer> ear)
      : announcer(std::move(ear)),
        runtime(
            place, params.channel,
            [costs = params.stack.costs](rpc::Stage stage, std::uint32_t bytes) {
              return costs.of(stage, bytes);
            },
            workers, *announcer),
        meter(runtime, place.core),
        program(meter, params.stack.options(params.clients.mtu)) {}

  std::unique_ptr<rpc::Announcer> announcer;
  rpc::SimulatedStack runtime;
  MeteredStack meter;
  rpc::StackProgram program;
};

RpcService::ClassTable::ClassTable(sim::Simulation& sim, memory::Domain& nic, std::int64_t words,
                                   memory::Path& path)
    : place{.offset = 0, .words = words},
      region(sim, "classes", nic, sim::Bytes{place.bytes()}),
      own(region, memory::MemoryType::kWriteBack),
      across(region, memory::MemoryType::kUncached, path) {}

RpcService::RpcService(const RpcParams& params, const pcie::PcieParams& pcie,
                       const workloads::RequestLoadParams& load,
                       const workloads::ServiceTimes& service, const Wiring& wiring,
                       std::uint64_t seed, const fabric::Surveys& surveys)
    : params_(params),
      load_(load),
      wiring_(wiring),
      network_(wiring.sim, params.network, surveys.of(params.network)),
      clients_(params.clients, load.arrivals, service, wiring.sim, network_, seed),
      cable_(clients_),
      bus_(wiring.sim, wiring.pcie.link, wiring.pcie.root_complex),
      dma_(wiring.sim, wiring.pcie.link, wiring.pcie.root_complex, wiring.pcie.msix, pcie.dma),
      port_(wiring.sim, params.port, cable_, &bus_, engine_of(params)) {
  service_ = {
      .work = [&service](std::uint64_t call) { return service.draw(call); },
      .reply_bytes = [this](std::uint64_t call,
                            int slo_class) { return clients_.sizes().reply(call, slo_class); },
      .finish = load.finish,
      .user_lines = load.user_lines};
  build_table();
  for (std::size_t s = 0; s < stacks(); ++s) build_stack(s);
  build_workers();
  cable_.plug_into(port_);
}

RpcService::~RpcService() = default;

/// Where the stacks write the classes of requests that they do not tell: the agent's own table, or
/// one in the NIC's memory if the agent is on the host.
void RpcService::build_table() {
  if (tells_class()) return;
  if (on_nic() && !wiring_.agent_on_nic) {
    far_classes_.emplace(wiring_.sim, wiring_.nic, load_.threads + 1, wiring_.pcie.path);
    classes_.emplace(far_classes_->own, far_classes_->place);
  } else if (on_nic()) {
    classes_.emplace(wiring_.queues.agent_mapping(), wiring_.queues.table_place());
  } else {
    classes_.emplace(wiring_.queues.message_mapping(), wiring_.queues.table_place());
  }
}

std::optional<RpcService::FarTable> RpcService::far_table() {
  if (!far_classes_) return std::nullopt;
  return FarTable{.place = far_classes_->place, .mapping = &far_classes_->across};
}

/// Threads are dealt out to the stacks in turn.
int RpcService::threads_of(std::size_t stack) const {
  const int cores = static_cast<int>(stacks());
  return (load_.threads - static_cast<int>(stack) + cores - 1) / cores;
}

std::vector<rpc::WorkerThread> RpcService::threads(std::size_t stack) const {
  std::vector<rpc::WorkerThread> threads;
  for (rpc::Worker w = 0; w < threads_of(stack); ++w) {
    const std::int64_t tid = thread(stack, w) + 1;
    threads.push_back({.gtid = make_gtid(tid, 1), .table_word = tells_class() ? -1 : tid});
  }
  return threads;
}

std::unique_ptr<rpc::Announcer> RpcService::make_announcer(std::size_t stack) {
  SharedQueues& queues = wiring_.queues;
  const wave::QueuePlace place = queues.place(wiring_.starter_queue + 1 + static_cast<int>(stack));
  wave::TableWriter* classes = classes_ ? &*classes_ : nullptr;
  if (on_nic() && !wiring_.agent_on_nic)
    return std::make_unique<rpc::DmaAnnouncer>(dma_, queues.region(), place,
                                               kNotes + static_cast<std::uint64_t>(place.offset),
                                               params_.channel, threads(stack), classes);
  memory::Mapping& mapping = on_nic() ? queues.agent_mapping() : queues.message_mapping();
  return std::make_unique<rpc::StoreAnnouncer>(notes_.emplace_back(mapping, place), threads(stack),
                                               classes);
}

void RpcService::build_stack(std::size_t stack) {
  const rpc::StackPlace place{
      .core = *wiring_.stacks[stack],
      .port = port_,
      .host = wiring_.host,
      .worker_cpus = wiring_.worker_cpus,
      .mmio = &wiring_.pcie.mmio,
      .socket = on_nic() ? pcie::Socket::kLocal : socket_of(*wiring_.stacks[stack]),
      .workers_to_nic = on_nic() ? &wiring_.pcie.path : nullptr,
      .dma = by_dma() ? &dma_ : nullptr,
      .address = address_of_stack(stack)};
  stacks_.emplace_back(place, params_, threads_of(stack), make_announcer(stack));
}

void RpcService::build_workers() {
  for (int t = 0; t < load_.threads; ++t) {
    const auto stack = static_cast<std::size_t>(t) % stacks();
    const auto worker = static_cast<rpc::Worker>(static_cast<std::size_t>(t) / stacks());
    workers_.emplace_back(stacks_[stack].runtime.worker(worker), service_);
  }
}

void RpcService::attach(memory::Checker* checker) {
  for (Stack& stack : stacks_) {
    stack.runtime.memory().attach(checker);
    stack.runtime.requests().attach(checker);
  }
  if (far_classes_) far_classes_->region.attach(checker);
}

void RpcService::observe(const Observers& observers) {
  dma_.observe(observers.pcie);
  clients_.observe(observers.calls);
}

void RpcService::start() {
  wiring_.starter.start([this] { enter_threads(); });
  for (std::size_t s = 0; s < stacks(); ++s)
    wiring_.stacks[s]->start([this, s] { stacks_[s].program.run(); });
  clients_.start();
}

/// The application's main thread.
void RpcService::enter_threads() {
  wave::Producer& messages = wiring_.queues.producer(wiring_.starter_queue);
  std::int64_t tid = 0;
  for (workloads::RpcWorker& worker : workers_) {
    const scheduling::Thread& entered =
        wiring_.kernel.enter(worker, true, wiring_.starter, messages);
    SIM_CHECK(entered.gtid == make_gtid(++tid, 1));  // what the stacks were told
    wiring_.starter.sync();
  }
}

RpcStats RpcService::stats() const {
  RpcStats stats;
  stats.clients = clients_.stats();
  stats.network = network_.stats();
  for (const Stack& stack : stacks_) {
    stats.port = stats.port + port_.stats(stack.runtime.queue());
    stats.stack = stats.stack + stack.program.stats();
    stats.time = stats.time + stack.meter.time();
  }
  return stats;
}

std::optional<std::string> RpcService::broken() const {
  std::int64_t given = 0;
  std::int64_t answered = 0;
  std::int64_t busy = 0;
  for (const Stack& stack : stacks_) {
    given += stack.program.stats().given;
    answered += stack.program.stats().replies;
  }
  for (const workloads::RpcWorker& worker : workers_) busy += worker.busy() ? 1 : 0;
  if (given - answered < busy) return "more workers are busy than were given requests";
  if (given - answered > load_.threads) return "more requests were given than there are workers";
  if (clients_.stats().in_flight() != clients_.census(sim::Time::max()).all)
    return "calls that were made, answered, refused, lost and are under way do not add up";
  return std::nullopt;
}

}  // namespace experiments
