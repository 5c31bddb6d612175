// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <stdexcept>
#include <vector>

#include "subsystems/scheduling/simulated_local_runtime.h"
#include "subsystems/scheduling/test_bench.h"

/// For tests of agents that run on the CPUs they schedule.
namespace scheduling::bench {

using wave::scheduling::LocalRuntime;
using wave::scheduling::RunRequest;
using wave::scheduling::Yield;

struct LocalBench {
  static constexpr int kCpus = 3;
  static constexpr int kOutside = kCpus;  // a core for wakers
  static constexpr std::int64_t kCapacity = 256;
  using Program = std::function<void(LocalRuntime&)>;

  explicit LocalBench(const KernelParams& params = {}) : kernel(params, {}) {
    for (int c = 0; c <= kCpus; ++c)
      cores.emplace_back(sim, "cpu" + std::to_string(c), domain, c, core::CoreParams{});
    for (int c = 0; c < kCpus; ++c) {
      producers.emplace_back(mapping, queue(c));
      agents.queues.emplace_back(producers.back()).wake_up[0] = c;
      agents.locks.emplace_back();
      kernel.add_cpu(cores[static_cast<std::size_t>(c)]);
      runtimes.emplace_back(kernel, cpu(c), agents, wave::Consumer(mapping, queue(c)),
                            wave::AgentCosts{});
    }
    kernel.enclave().default_queue = &agents.queues[0];
  }
  /// Whatever the test is about.
  ~LocalBench() { EXPECT_EQ(Invariants(kernel).broken().value_or(""), ""); }
  static wave::QueuePlace queue(int c) {
    return {.offset = c * kCapacity * wave::kSlotBytes,
            .capacity = kCapacity,
            .words = wave::scheduling::kMessageWords};
  }
  HostCpu& cpu(int c) { return kernel.cpu(c); }

  void attach(int c, Program program) {
    LocalRuntime& runtime = runtimes[static_cast<std::size_t>(c)];
    kernel.attach_agent(
        cpu(c), [&runtime, program = std::move(program)] { program(runtime); },
        agents.queues[static_cast<std::size_t>(c)]);
  }
  /// An agent that only listens.
  void attach_listener(int c) {
    attach(c, [this](LocalRuntime& r) { listen(r); });
  }
  /// An agent that sleeps until it is woken, decides once, about the first thread that has come,
  /// and only listens from then on.
  void attach_decider(int c, std::function<void(LocalRuntime&, const Thread&)> decide) {
    attach(c, [this, decide = std::move(decide)](LocalRuntime& r) {
      r.yield(r.barrier(), 0);
      drain(r);
      decide(r, newcomer());
      listen(r);
    });
  }
  void listen(LocalRuntime& r) {
    while (!r.leaving()) {
      const Barrier sample = r.barrier();
      drain(r);
      r.yield(sample, 0);
    }
  }
  void drain(LocalRuntime& r) {
    while (const auto message = r.next_message()) heard.push_back({r.cpu(), *message});
  }
  /// The thread of the n-th TASK_NEW that an agent has heard, as an agent gets to know it.
  Thread& newcomer(std::size_t n = 0) {
    for (const Heard& h : heard)
      if (h.message.type == MessageType::kTaskNew && n-- == 0) return *kernel.find(h.message.gtid);
    throw std::logic_error("nobody has come");
  }
  void start() {
    kernel.start();
    pass(20us);
  }
  void pass(Duration d) { sim.run_until(sim.now() + d); }

  void on(std::function<void(core::Core&)> program, Duration within = 5us) {
    cores[kOutside].start([this, program = std::move(program)] {
      program(cores[kOutside]);
      cores[kOutside].sync();
    });
    pass(within);
  }
  Thread& enter(ThreadBody& body, bool runnable = true) {
    Thread* made = nullptr;
    on([&](core::Core& by) { made = &kernel.enter(body, runnable, by, producers[0]); });
    return *made;
  }
  /// For tests that ask the thread and not its body.
  Thread& enter(std::vector<Step> steps = {}, bool runnable = true) {
    return enter(scripts_.emplace_back(std::move(steps)), runnable);
  }
  void wake(Thread& thread) {
    on([&](core::Core& by) { kernel.wake(thread, by, producers[0], kOutside); });
  }
  /// One core wakes two threads; it begins the second wake-up `apart` after the end of the first.
  void wake_both(Thread& first, Thread& second, Duration apart) {
    on(
        [&](core::Core& by) {
          kernel.wake(first, by, producers[0], kOutside);
          by.spend(apart);
          kernel.wake(second, by, producers[0], kOutside);
        },
        20us);
  }
  /// A thread of the fair class on one CPU.
  Thread& enter_fair(ThreadBody& body, int c) {
    Thread& thread = enter(body, false);
    thread.affinity.reset();
    thread.affinity.set(static_cast<std::size_t>(c));
    on([&](core::Core& by) { kernel.set_class(thread, SchedulingClass::kFair, by, nullptr); });
    wake(thread);
    return thread;
  }
  Thread& enter_fair(std::vector<Step> steps, int c) {
    return enter_fair(scripts_.emplace_back(std::move(steps)), c);
  }
  RunRequest request(const Thread& thread, int c, std::uint32_t flags, Barrier agent_barrier = 0,
                     std::uint32_t run_flags = 0) const {
    return {.cpu = c,
            .transaction = {.target = thread.gtid,
                            .task_barrier = thread.status.barrier,
                            .agent_barrier = agent_barrier,
                            .commit_flags = flags,
                            .run_flags = run_flags}};
  }
  std::vector<MessageType> types(int c) const {
    std::vector<MessageType> all;
    for (const auto& [cpu, message] : heard)
      if (cpu == c) all.push_back(message.type);
    return all;
  }

  struct Heard {
    int cpu;
    Message message;
  };
  sim::Simulation sim;
  memory::Domain domain{"host", {}, kCpus + 1, equally_far(kCpus + 1)};
  memory::Region region{sim, "queues", domain, sim::Bytes{queue(kCpus).offset}};
  memory::Mapping mapping{region, memory::MemoryType::kWriteBack};
  std::deque<wave::Producer> producers;
  LocalAgents agents;
  std::vector<Heard> heard;
  Kernel kernel;
  std::deque<SimulatedLocalRuntime> runtimes;
  std::deque<core::Core> cores;

 private:
  std::deque<Script> scripts_;
};

}  // namespace scheduling::bench
