// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/memory/pcie_path.h"
#include "models/pcie/msix.h"
#include "subsystems/rpc/frames.h"
#include "subsystems/rpc/simulated_stack.h"

/// For this folder's tests: a host whose CPUs run workers, a NIC, a stack on either, and in place
/// of the scheduler an agent that starts a worker at the instant at which it hears of its request.
namespace rpc::bench {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;
namespace scheduling = wave::scheduling;

struct Options {
  bool stack_on_nic = true;
  bool agent_on_nic = true;
  int workers = 4;
  int cpus = 2;
  ChannelParams params = {};
  bool walks = false;  // of the IOMMU
  StageCost cost = [](Stage, std::uint32_t) { return Duration{0}; };

  std::string name() const {
    static constexpr const char* kPaths[] = {"host_dram", "host_cache", "nic"};
    return std::string("stack on ") + (stack_on_nic ? "nic" : "host") + ", agent on " +
           (agent_on_nic ? "nic" : "host") + ", " + kPaths[static_cast<int>(params.payload)] +
           (params.tells_class ? ", told" : ", table");
  }
};

/// Every way in which the parts can be put together.
inline std::vector<Options> all_options() {
  std::vector<Options> all;
  for (const bool stack_on_nic : {true, false})
    for (const bool agent_on_nic : {true, false})
      for (const PayloadPath path :
           {PayloadPath::kHostDram, PayloadPath::kHostCache, PayloadPath::kNic})
        for (const bool tells : {true, false}) {
          // Nobody's registers or loads lead from the NIC into the host's memory.
          if (!stack_on_nic && (path == PayloadPath::kNic || (agent_on_nic && !tells))) continue;
          Options options{.stack_on_nic = stack_on_nic, .agent_on_nic = agent_on_nic};
          options.params.payload = path;
          options.params.tells_class = tells;
          all.push_back(options);
        }
  return all;
}

struct Bench : ethernet::Network {
  static constexpr int kMostCpus = 4;
  static constexpr int kHostStack = kMostCpus, kHostAgent = kMostCpus + 1;
  static constexpr int kHostCores = kMostCpus + 2;
  static constexpr scheduling::Gtid kFirstGtid = scheduling::make_gtid(100, 1);

  explicit Bench(const Options& o = {})
      : options(o),
        pcie_params(params_of(o)),
        queue_region(sim, "agent's queue", agent_domain(), sim::Bytes{kQueue.bytes()}),
        table_region(sim, "table", stack_domain(), sim::Bytes{kTable.bytes()}),
        agent_mapping(queue_region, memory::MemoryType::kWriteBack),
        table_mapping(table_region, memory::MemoryType::kWriteBack),
        table(table_mapping, kTable) {
    for (int c = 0; c < kHostCores; ++c)
      host_cores.emplace_back(sim, "cpu" + std::to_string(c), host, c, core::CoreParams{});
    for (int c = 0; c < 2; ++c)
      nic_cores.emplace_back(sim, "nic" + std::to_string(c), nic, c, nic_core());
    connect_agent();
    stack.emplace(place(), o.params, o.cost, o.workers, *announcer);
    for (memory::Region* region :
         {&queue_region, &table_region, &stack->memory(), &stack->requests()})
      region->attach(&checker);
    busy.resize(static_cast<std::size_t>(o.cpus));
  }

  static core::CoreParams nic_core() {
    core::CoreParams p;
    p.clock = sim::Frequency::gigahertz(3.0);
    p.relative_ipc = 0.6417;
    p.uncached_load = 115ns;
    p.uncached_store = 100ns;
    return p;
  }
  static pcie::PcieParams params_of(const Options& o) {
    pcie::PcieParams p;
    p.iommu.enabled = o.walks;
    return p;
  }

  memory::Domain& agent_domain() { return options.agent_on_nic ? nic : host; }
  memory::Domain& stack_domain() { return options.stack_on_nic ? nic : host; }
  core::Core& stack_core() { return options.stack_on_nic ? nic_cores[0] : host_cores[kHostStack]; }
  core::Core& agent_core() { return options.agent_on_nic ? nic_cores[1] : host_cores[kHostAgent]; }

  void connect_agent() {
    std::vector<WorkerThread> threads;
    for (int w = 0; w < options.workers; ++w)
      threads.push_back({.gtid = kFirstGtid + w, .table_word = w});
    wave::TableWriter* const class_table = options.params.tells_class ? nullptr : &table;
    if (options.stack_on_nic && !options.agent_on_nic) {
      announcer = std::make_unique<DmaAnnouncer>(dma, queue_region, kQueue, 1 << 20, options.params,
                                                 threads, class_table);
    } else {
      if (options.stack_on_nic != options.agent_on_nic)
        stack_to_queue.emplace(queue_region, memory::MemoryType::kWriteCombining, path);
      else
        stack_to_queue.emplace(queue_region, memory::MemoryType::kWriteBack);
      notes.emplace(*stack_to_queue, kQueue);
      announcer = std::make_unique<StoreAnnouncer>(*notes, threads, class_table);
    }
    agent.emplace(agent_core(), agent_mapping, nobody, wave::AgentCosts{});
    agent->add_queue(kQueue);
    if (options.stack_on_nic && !options.agent_on_nic)
      agent->use_table(kTable,
                       table_across.emplace(table_region, memory::MemoryType::kUncached, path));
    else
      agent->use_table(kTable, table_mapping);
  }

  StackPlace place() {
    StackPlace p{.core = stack_core(), .port = port, .host = host, .worker_cpus = options.cpus};
    p.address = std::uint64_t{1} << 32;
    if (!options.stack_on_nic) {
      p.mmio = &mmio;
      return p;
    }
    p.workers_to_nic = &path;
    if (options.params.payload != PayloadPath::kNic) p.dma = &dma;
    return p;
  }

  void send(const ethernet::Frame& frame, Time when) override {
    sent.push_back(to_packet(frame));
    sent_at.push_back(when);
  }

  /// A message in one packet, or a piece of it.
  static Packet packet(const Header& header, std::uint32_t connection = 1,
                       std::uint32_t message = 0) {
    const auto total = static_cast<std::uint32_t>(kHeaderBytes) + header.body_bytes;
    return {
        .segment = {.connection = connection, .message = message, .length = total, .total = total},
        .header = encode(header)};
  }
  void arrive(const Packet& packet) { port.receive(packet.segment.connection, to_frame(packet)); }

  /// The agent: hears of requests and starts their workers.
  void start_agent() {
    agent_core().start([this] {
      while (!agent->leaving()) {
        const wave::Event event = agent->poll(wave::kNever);
        if (event.kind != wave::Event::Kind::kMessage) continue;
        hear(scheduling::decode_message(event.slot));
      }
    });
  }
  void hear(const scheduling::Message& message) {
    EXPECT_EQ(message.type, scheduling::MessageType::kTaskWork);
    const auto worker = static_cast<Worker>(message.gtid - kFirstGtid);
    const bool told = (message.flags & scheduling::Message::kHasWord) != 0;
    EXPECT_EQ(told, options.params.tells_class);
    classes.push_back(told ? static_cast<std::uint64_t>(message.runtime_ns)
                           : agent->read_word(worker));
    heard.push_back(worker);
    heard_at.push_back(agent_core().now());
    agent_core().sync();
    start(worker);
  }
  /// A worker runs on the host from now on; on the NIC's word when that has come across PCIe.
  void start(Worker worker) {
    if (!options.agent_on_nic) return run(worker);
    bus.write(0, sim::Bytes{8}, pcie::HostMemory::kDram, [this, worker] { run(worker); });
  }
  void run(Worker worker) {
    ready.push_back(worker);
    next_on_cpus();
  }
  /// On any CPU that has nothing to do, another one than last time if there is one.
  void next_on_cpus() {
    for (int i = 0; i < options.cpus && !ready.empty(); ++i) {
      const int cpu = (last_cpu + 1 + i) % options.cpus;
      if (busy[static_cast<std::size_t>(cpu)]) continue;
      busy[static_cast<std::size_t>(cpu)] = true;
      const Worker worker = ready.front();
      ready.pop_front();
      last_cpu = cpu;
      sim.after(Duration{0}, [this, cpu, worker] { serve(cpu, worker); });
      i = -1;
    }
  }
  void serve(int cpu, Worker worker) {
    core::Core& core = host_cores[static_cast<std::size_t>(cpu)];
    core.start([this, cpu, worker, &core] {
      const Header request = stack->worker(worker).take(core);
      taken.push_back(request);
      taken_at.push_back(core.now());
      ran_on.push_back({worker, cpu});
      core.spend(service);
      Header reply = request;
      reply.kind = Kind::kReply;
      reply.body_bytes = reply_bytes;
      stack->worker(worker).reply(core, cpu, reply);
      replied_at.push_back(core.now());
      core.sync();
      core.check_lost_writes();
      // Its fiber ends before it is used again.
      sim.after(Duration{1}, [this, cpu] {
        busy[static_cast<std::size_t>(cpu)] = false;
        next_on_cpus();
      });
    });
  }

  /// A stack without a program worth the name: each packet is a request, each reply goes out.
  void start_stack() {
    for (Worker w = options.workers; w-- > 0;) idle.push_back(w);
    stack_core().start([this] {
      while (!stack->leaving()) handle(stack->poll(wave::kNever));
    });
  }
  void handle(const Event& event) {
    if (event.kind == Event::Kind::kNone) return;
    polled_at.push_back(stack_core().now());
    if (event.kind == Event::Kind::kPacket) {
      waiting.push_back(event.packet);
    } else if (event.kind == Event::Kind::kReply) {
      const std::uint32_t connection = connections[event.reply.call];
      stack->transmit(packet(event.reply, connection), event.worker);
      idle.push_back(event.worker);
    }
    while (!waiting.empty() && !idle.empty()) {
      const Packet next = waiting.front();
      waiting.pop_front();
      const Worker worker = idle.back();
      idle.pop_back();
      const Header header = std::get<Header>(decode(next.header));
      connections[header.call] = next.segment.connection;
      stack->give(worker, {.connection = next.segment.connection, .number = 0, .header = header});
      given_at.push_back(stack_core().now());
    }
  }

  Duration wire(std::int64_t bytes) const {
    return pcie_params.link.tlp_bandwidth().time_for(sim::Bytes{bytes});
  }
  Duration up() const { return pcie_params.link.flight + pcie_params.root_complex.fabric; }

  static constexpr wave::QueuePlace kQueue{
      .offset = 0, .capacity = 64, .words = scheduling::kMessageWords};
  static constexpr wave::TablePlace kTable{.offset = 0, .words = 64};

  struct NoNotifier : wave::Notifier {
    void notify(core::Core&, int) override {}
  };

  const Options options;
  sim::Simulation sim;
  const pcie::PcieParams pcie_params;
  pcie::Link link{sim, pcie_params.link};
  pcie::RootComplex root{sim, pcie_params};
  pcie::Mmio mmio{sim, link, root, pcie_params.endpoint};
  pcie::Msix msix{sim, link, root, pcie_params.msix};
  pcie::Dma dma{sim, link, root, msix, pcie_params.dma};
  pcie::BusMaster bus{sim, link, root};
  memory::PciePath path{mmio};
  memory::Domain host{"host",
                      {},
                      kHostCores,
                      std::vector<Duration>(std::size_t{kHostCores} * kHostCores, Duration{23ns})};
  memory::Domain nic{"nic", {.last_level = 35ns, .dram = 115ns}, 2, {0ns, 47ns, 47ns, 0ns}};
  memory::Checker checker;
  memory::Region queue_region;
  memory::Region table_region;
  memory::Mapping agent_mapping;
  memory::Mapping table_mapping;
  wave::TableWriter table;
  std::optional<memory::Mapping> stack_to_queue;
  std::optional<memory::Mapping> table_across;
  std::optional<wave::Producer> notes;
  ethernet::Port port{sim, {}, *this, &bus};
  std::deque<core::Core> host_cores;
  std::deque<core::Core> nic_cores;
  NoNotifier nobody;
  std::unique_ptr<Announcer> announcer;
  std::optional<wave::SimulatedRuntime> agent;
  std::optional<SimulatedStack> stack;

  // What happens:
  Duration service = 1us;
  std::uint32_t reply_bytes = 0;
  std::vector<Packet> sent;
  std::vector<Time> sent_at;
  std::vector<Time> polled_at;
  std::vector<Time> given_at;
  std::vector<Worker> heard;
  std::vector<std::uint64_t> classes;
  std::vector<Time> heard_at;
  std::vector<Header> taken;
  std::vector<Time> taken_at;
  std::vector<std::pair<Worker, int>> ran_on;
  std::vector<Time> replied_at;

  // What is under way:
  std::deque<Packet> waiting;
  std::vector<Worker> idle;
  std::map<std::uint64_t, std::uint32_t> connections;
  std::deque<Worker> ready;
  std::vector<bool> busy;
  int last_cpu = 0;
};

}  // namespace rpc::bench
