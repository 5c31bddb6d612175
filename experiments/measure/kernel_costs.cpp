// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/kernel_costs.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "experiments/measure/shootdown_costs.h"
#include "experiments/measure/wake_costs.h"
#include "subsystems/scheduling/simulated_local_runtime.h"

namespace experiments {
namespace {

using scheduling::Step;
using sim::Duration;
using sim::Time;
using wave::scheduling::LocalRuntime;
using wave::scheduling::MessageType;
using wave::scheduling::RunRequest;

/// Yields over and over, and notes when it had the CPU and when it gave it up.
class Yielder : public scheduling::ThreadBody {
 public:
  Step next(core::Core& cpu) override {
    (running_ ? stopped : began) = cpu.now();
    running_ = !running_;
    if (running_) return {.kind = Step::Kind::kRun, .work = std::chrono::microseconds{1}};
    return {.kind = Step::Kind::kYield};
  }
  Time began{};
  Time stopped{};

 private:
  bool running_ = false;
};

/// A kernel whose first CPU has an agent, which is the benchmark; the others only obey.
struct CostBench {
  static constexpr std::int64_t kCapacity = 256;

  explicit CostBench(const KernelHost& host)
      : domain("host", host.caches, kKernelCpus, host.transfers),
        region(sim, "queues", domain, sim::Bytes{queue(kKernelCpus + 1).offset}),
        mapping(region, memory::MemoryType::kWriteBack),
        kernel(polling(host.linux_kernel), {}) {
    for (int c = 0; c < kKernelCpus; ++c) {
      cores.emplace_back(sim, "cpu", domain, c, host.core);
      producers.emplace_back(mapping, queue(c));
      agents.queues.emplace_back(producers.back()).wake_up[0] = c;
      agents.locks.emplace_back();
    }
    for (int c = 0; c < kKernelCpus - 1; ++c) {
      kernel.add_cpu(cores[index(c)]);
      runtimes.emplace_back(kernel, kernel.cpu(c), agents, wave::Consumer(mapping, queue(c)),
                            wave::AgentCosts{});
      attach(c, [](LocalRuntime& r) {
        while (!r.leaving()) r.yield(r.barrier(), 0);
      });
    }
    kernel.enclave().default_queue = &agents.queues[0];
  }
  static scheduling::KernelParams polling(scheduling::KernelParams params) {
    params.idle.c1_residency = Duration::max();
    params.tick = Duration{0};
    return params;
  }
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  static wave::QueuePlace queue(int c) {
    return {.offset = c * kCapacity * wave::kSlotBytes,
            .capacity = kCapacity,
            .words = wave::scheduling::kMessageWords};
  }
  void attach(int c, std::function<void(LocalRuntime&)> program) {
    programs[index(c)] = std::move(program);
  }
  /// The last core makes the threads, then all CPUs start.
  void run(std::deque<Yielder>& bodies) {
    core::Core& outside = cores.back();
    outside.start([&] {
      for (Yielder& body : bodies)
        threads.push_back(&kernel.enter(body, true, outside, producers.back()));
      outside.sync();
    });
    sim.run_until(sim.now() + std::chrono::microseconds{50});
    for (int c = 0; c < kKernelCpus - 1; ++c)
      kernel.attach_agent(
          kernel.cpu(c), [this, c] { programs[index(c)](runtimes[index(c)]); },
          agents.queues[index(c)]);
    kernel.start();
    sim.run_until(sim.now() + std::chrono::milliseconds{2});
  }
  RunRequest request(int thread, int cpu, wave::scheduling::Barrier sample) const {
    const scheduling::Thread& t = *threads[index(thread)];
    return {.cpu = cpu,
            .transaction = {.target = t.gtid,
                            .task_barrier = t.status.barrier,
                            .agent_barrier = sample,
                            .commit_flags = wave::scheduling::kCommitAtTxnCommit}};
  }

  sim::Simulation sim;
  memory::Domain domain;
  memory::Region region;
  memory::Mapping mapping;
  std::deque<wave::Producer> producers;
  scheduling::LocalAgents agents;
  scheduling::Kernel kernel;
  std::deque<scheduling::SimulatedLocalRuntime> runtimes;
  std::array<std::function<void(LocalRuntime&)>, kKernelCpus> programs;
  std::vector<scheduling::Thread*> threads;
  std::deque<core::Core> cores;
};

constexpr int kKernelRounds = 20;  // of which the last one counts: all lines are where they belong

class KernelCosts {
 public:
  explicit KernelCosts(const KernelHost& host) : host_(host) {}

  HardwareResult run() {
    local();
    global();
    remote(1, "remote1");
    remote(10, "remote10");
    switches();
    return std::move(result_);
  }

 private:
  void note(std::string name, Duration value) {
    result_.values.emplace_back(std::move(name), sim::to_ns(value));
  }

  void local();
  void global();
  void remote(int group, const std::string& name);
  void switches();

  const KernelHost host_;
  HardwareResult result_;
};

/// The agent lets a thread run on its own CPU, gets the CPU back with the message that the thread
/// has stopped, and so on.
void KernelCosts::local() {
  CostBench bench(host_);
  std::deque<Yielder> bodies(1);
  Time submitted{}, heard{};
  Duration syscall{};
  bench.attach(0, [&](LocalRuntime& r) {
    while (r.next_message()) {
    }
    const Time begin{r.now()};
    r.ping(kKernelCpus);  // there is no such CPU: an empty system call
    syscall = Time{r.now()} - begin;
    for (int round = 0; round < kKernelRounds; ++round) {
      RunRequest request = bench.request(0, 0, r.barrier());
      submitted = Time{r.now()};
      r.submit(std::span(&request, 1));
      r.next_message();
      r.charge(wave::Work::kHandleMessage);
      heard = Time{r.now()};
    }
    r.yield(r.barrier(), 0);
  });
  bench.run(bodies);
  result_.account(bench.sim);
  // Before the message is begun the thread enters the kernel, and this looks for the next one.
  const core::Core& core = bench.cores.front();
  const Duration before = core.scaled(bench.kernel.params().syscall_entry) +
                          core.scaled(bench.kernel.params().pick_next);
  note("syscall_ns", syscall);
  note("message_local_ns", heard - bodies[0].stopped - before);
  note("schedule_local_ns", bodies[0].began - submitted);
}

/// A message into the queue that an agent on another core polls.
void KernelCosts::global() {
  CostBench bench(host_);
  std::deque<Yielder> bodies(1);
  bench.kernel.enclave().default_queue = nullptr;
  class NoNotifier : public wave::Notifier {
    void notify(core::Core&, int) override {}
  } notifier;
  wave::SimulatedRuntime agent(bench.cores[1], bench.mapping, notifier, wave::AgentCosts{});
  agent.add_queue(CostBench::queue(0));
  Time sent{}, heard{};
  bench.cores[1].start([&] {
    for (;;) {
      agent.poll(wave::kNever);
      agent.charge(wave::Work::kHandleMessage);
      heard = Time{agent.now()};
    }
  });
  bench.cores[0].start([&] {
    core::Core& by = bench.cores[0];
    scheduling::Thread& thread = bench.kernel.enter(bodies[0], false, by, bench.producers[0]);
    for (int round = 0; round < kKernelRounds; ++round) {
      by.sleep_until(by.now() + std::chrono::microseconds{5});
      sent = by.now();
      bench.kernel.post(thread, MessageType::kTaskPriorityChanged, by, &bench.producers[0], 0);
    }
    by.sync();
  });
  bench.sim.run_until(Time{std::chrono::milliseconds{1}});
  result_.account(bench.sim);
  note("message_global_ns", heard - sent);
}

/// The agent lets threads run on `group` other CPUs, which wait, with one system call.
void KernelCosts::remote(int group, const std::string& name) {
  CostBench bench(host_);
  std::deque<Yielder> bodies(CostBench::index(group));
  Time submitted{}, returned{};
  bench.attach(0, [&](LocalRuntime& r) {
    for (int heard = 0; heard < group;) heard += r.next_message() ? 1 : 0;
    for (int round = 0; round < kKernelRounds; ++round) {
      std::vector<RunRequest> requests;
      for (int i = 0; i < group; ++i) requests.push_back(bench.request(i, 1 + i, 0));
      submitted = Time{r.now()};
      r.submit(requests);
      returned = Time{r.now()};
      for (int heard = 0; heard < group;) heard += r.next_message() ? 1 : 0;
      for (int i = 0; i < group; ++i)
        while (r.on_cpu(bench.threads[CostBench::index(i)]->gtid)) {
        }
    }
    r.yield(r.barrier(), 0);
  });
  bench.run(bodies);
  result_.account(bench.sim);
  // Interrupts leave before the way back from the system call.
  const scheduling::KernelParams& params = bench.kernel.params();
  const Time arrived =
      returned - bench.cores.front().scaled(params.syscall_exit) + params.interrupts.ipi_deliver;
  Time last{};
  Duration targets{};
  for (const Yielder& body : bodies) {
    last = std::max(last, body.began);
    targets += body.began - arrived;
  }
  note(name + "_agent_ns", returned - submitted);
  note(name + "_target_ns", targets / group);
  note(name + "_end_to_end_ns", last - submitted);
}

/// Two threads of the fair class yield to each other.
void KernelCosts::switches() {
  CostBench bench(host_);
  std::deque<Yielder> bodies(2);
  core::Core& outside = bench.cores.back();
  outside.start([&] {
    for (Yielder& body : bodies) {
      scheduling::Thread& t = bench.kernel.enter(body, false, outside, bench.producers.back());
      t.affinity.reset();
      t.affinity.set(1);
      bench.kernel.set_class(t, scheduling::SchedulingClass::kFair, outside, nullptr);
      bench.kernel.wake(t, outside, bench.producers.back(), kKernelCpus);
    }
    outside.sync();
  });
  bench.kernel.start();
  bench.sim.run_until(Time{std::chrono::microseconds{200}});
  result_.account(bench.sim);
  const bool first_ran_last = bodies[0].began > bodies[1].began;
  note("cfs_switch_ns",
       first_ran_last ? bodies[0].began - bodies[1].stopped : bodies[1].began - bodies[0].stopped);
}

std::vector<Duration> first(const machine::Graph& graph,
                            const std::vector<machine::Graph::Vertex>& threads) {
  return graph.table({threads.begin(), threads.begin() + kKernelCpus});
}

/// What takes `d` on this core, as time on the reference core.
Duration on_reference(Duration d, const core::CoreParams& core) {
  const double speed = static_cast<double>(core.clock.hertz()) /
                       static_cast<double>(core::kReferenceClock.hertz()) * core.relative_ipc;
  return Duration{static_cast<std::int64_t>(static_cast<double>(d.count()) * speed + 0.5)};
}

}  // namespace

KernelHost kernel_host(const MachineParams& params) {
  machine::Graph graph;
  if (params.host_kind == HostKind::kZen3)
    return {.core = params.host.core,
            .caches = params.host.caches,
            .transfers = first(graph, zen3::add_to(graph, params.host).threads),
            .linux_kernel = params.linux_kernel};
  const skylake::SkylakeParams& host = params.skylake;
  scheduling::KernelParams kernel = params.linux_kernel;
  kernel.interrupts = {
      .ipi_send = host.ipi_send,
      .ipi_deliver = host.ipi_flight,
      .ipi_deliver_cross = host.ipi_flight + host.transfer_cross - host.transfer_mesh,
      .receive = host.interrupt_receive,
      .leave = host.interrupt_leave};
  const core::CoreParams core = host.core.core();
  kernel.syscall_entry = kernel.syscall_exit = on_reference(host.syscall / 2, core);
  // What the whole way leaves for the switch itself.
  kernel.context_switch = on_reference(host.minimal_switch, core) - kernel.syscall_entry -
                          kernel.pick_next - kernel.return_to_user;
  return {.core = core,
          .caches = host.domain(),
          .transfers = first(graph, skylake::add_to(graph, host).threads),
          .linux_kernel = kernel};
}

HardwareResult measure_kernel(const KernelHost& host) {
  return KernelCosts(host).run();
}

HardwareResult measure_host_kernel(const MachineParams& machine) {
  const KernelHost host = kernel_host(machine);
  HardwareResult found = measure_kernel(host);
  measure_wake_ups(host, found);
  measure_shootdowns(machine, found);
  return found;
}

}  // namespace experiments
