// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "models/memory/mapping.h"
#include "subsystems/scheduling/invariants.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/agent_launcher.h"

namespace wave::scheduling {

/// How GoogleTest prints it.
inline void PrintTo(MessageType type, std::ostream* out) {
  static constexpr std::array kNames{
      "NONE",     "NEW",           "WAKEUP",        "BLOCKED",          "YIELD",
      "PREEMPT",  "DEAD",          "DEPARTED",      "AFFINITY_CHANGED", "PRIORITY_CHANGED",
      "ON_CPU",   "CPU_TICK",      "TIMER_EXPIRED", "CPU_NOT_IDLE",     "CPU_AVAILABLE",
      "CPU_BUSY", "AGENT_BLOCKED", "AGENT_WAKEUP"};
  *out << kNames.at(static_cast<std::size_t>(type));
}

}  // namespace wave::scheduling

/// For this folder's tests: a kernel with a few CPUs whose agent is the test itself.
namespace scheduling::bench {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;
using wave::scheduling::Message;
using wave::scheduling::MessageType;
using wave::scheduling::Outcome;
using wave::scheduling::Transaction;

/// Commands and reports arrive at once.
class ChannelDouble : public wave::ControlChannel {
 public:
  void to_agents(std::function<void()> arrived) override { arrived(); }
  void to_host(std::function<void()> arrived) override { arrived(); }
};
using wave::scheduling::TransactionState;

/// How far cores are from each other if all are equally far, as a memory::Domain asks.
inline std::vector<Duration> equally_far(std::size_t cores, Duration apart = 23ns) {
  std::vector<Duration> all(cores * cores, apart);
  for (std::size_t c = 0; c < cores; ++c) all[c * cores + c] = 0ns;
  return all;
}

inline Step run(Duration work) {
  return {.kind = Step::Kind::kRun, .work = work};
}
inline Step block() {
  return {.kind = Step::Kind::kBlock};
}
inline Step yield() {
  return {.kind = Step::Kind::kYield};
}
inline Step exit() {
  return {.kind = Step::Kind::kExit};
}

/// A thread that does what it was told, one step after the other, then sleeps.
class Script : public ThreadBody {
 public:
  explicit Script(std::vector<Step> steps = {}) : steps_(steps.begin(), steps.end()) {}
  Step next(core::Core& cpu) override {
    asked.push_back(cpu.now());
    if (steps_.empty()) return block();
    const Step step = steps_.front();
    steps_.pop_front();
    return step;
  }
  void resume(core::Core&) override { ++resumed; }
  void then(Step step) { steps_.push_back(step); }

  std::vector<Time> asked;  // when the thread was on a CPU and ready for a step
  int resumed = 0;          // in the middle of one

 private:
  std::deque<Step> steps_;
};

/// A message, and the instant at which its reader could have seen it.
struct Seen {
  Time at;
  int queue;
  Message message;
  bool on_cpu;  // whether the thread's status word said so at that instant
};

struct Bench {
  static constexpr int kCpus = 3;
  static constexpr int kAgent = kCpus;      // this core commits
  static constexpr int kWaker = kCpus + 1;  // this core wakes threads
  static constexpr int kCores = kCpus + 2;
  static constexpr std::int64_t kCapacity = 64;

  explicit Bench(const KernelParams& params = {}, const KernelOptions& options = {},
                 Duration apart = 23ns)
      : domain("host", {}, kCores, equally_far(kCores, apart)), kernel(params, options) {
    for (int c = 0; c < kCores; ++c) {
      cores.emplace_back(sim, "cpu" + std::to_string(c), domain, c, core::CoreParams{});
      producers.emplace_back(mapping, queue(c));
    }
    for (int c = 0; c < kCpus; ++c) {
      readers.emplace_back(mapping, slot(c));
      kernel.add_cpu(core(c), producers[std::size_t(c)], readers[std::size_t(c)]);
    }
    for (int c = 0; c < kCores; ++c)
      for (std::int64_t i = 0; i < kCapacity; ++i) watch(c, i);
    kernel.start();
    pass(1us);
  }
  /// Whatever the test is about.
  ~Bench() {
    if (!is_to_be_sound) return;
    EXPECT_EQ(Invariants(kernel).broken().value_or(""), "");
  }

  static wave::QueuePlace queue(int c) {
    return {.offset = c * kCapacity * wave::kSlotBytes,
            .capacity = kCapacity,
            .words = wave::scheduling::kMessageWords};
  }
  static wave::SlotPlace slot(int c) {
    return {.offset = kCores * kCapacity * wave::kSlotBytes + c * wave::SlotPlace::kBytes};
  }
  core::Core& core(int c) { return cores[static_cast<std::size_t>(c)]; }

  void pass(Duration d) { sim.run_until(sim.now() + d); }

  /// Runs `program` on a core that no thread uses, and lets it end.
  void on(int which, std::function<void(core::Core&)> program, Duration within = 5us) {
    core(which).start([this, which, program = std::move(program)] {
      program(core(which));
      core(which).sync();
    });
    pass(within);
  }

  /// A thread of the fair class that stays on one CPU.
  Thread& enter_fair(ThreadBody& body, int cpu, bool runnable = true) {
    Thread& thread = enter(body, false);
    thread.affinity.reset();
    thread.affinity.set(static_cast<std::size_t>(cpu));
    set_class(thread, SchedulingClass::kFair);
    if (runnable) wake(thread);
    return thread;
  }
  Thread& enter_fair(std::vector<Step> steps, int cpu, bool runnable = true) {
    return enter_fair(scripts_.emplace_back(std::move(steps)), cpu, runnable);
  }
  void set_class(Thread& thread, SchedulingClass to) {
    on(kWaker, [&](core::Core& by) { kernel.set_class(thread, to, by, &producers[kWaker]); });
  }
  Thread& enter(ThreadBody& body, bool runnable = true) {
    Thread* made = nullptr;
    on(kWaker,
       [&](core::Core& by) { made = &kernel.enter(body, runnable, by, producers[kWaker]); });
    return *made;
  }
  /// For tests that ask the thread and not its body.
  Thread& enter(std::vector<Step> steps = {}, bool runnable = true) {
    return enter(scripts_.emplace_back(std::move(steps)), runnable);
  }
  /// A thread that has run on `cpu` and sleeps.
  Thread& enter_sleeper(int cpu = 0) {
    Thread& thread = enter({run(1us)});
    commit(decision(thread), cpu);
    pass(20us);
    return thread;
  }
  void wake(Thread& thread) {
    on(kWaker, [&](core::Core& by) { kernel.wake(thread, by, producers[kWaker], kWaker); });
  }

  /// As if a CPU's own thread or interrupt did it.
  void wake_from(int cpu, Thread& thread) {
    on(kWaker, [&](core::Core& by) { kernel.wake(thread, by, producers[kWaker], cpu); });
  }

  /// Uses every entry of a CPU's queue once and frees it: the CPU's next message has to look
  /// whether there is room, and meanwhile others do what they do.
  void use_up(int cpu) {
    on(kAgent, [&](core::Core& by) {
      for (std::int64_t i = 0; i < kCapacity; ++i)
        producers[static_cast<std::size_t>(cpu)].send(by, {});
      for (std::int64_t i = 0; i < kCapacity; ++i)
        by.store(mapping, queue(cpu).flag(i), wave::kFree);
      by.store_fence();
    });
  }

  Transaction decision(const Thread& thread, std::uint32_t flags = 0) const {
    return {.target = thread.gtid, .task_barrier = thread.status.barrier, .commit_flags = flags};
  }
  /// Commits from the agent's core and, if that worked, interrupts the CPU.
  TransactionState commit(const Transaction& t, int cpu = 0,
                          Kernel::Caller caller = Kernel::Caller::kAgent) {
    const TransactionState state = commit_without_waiting(t, cpu, caller);
    pass(5us);
    return state;
  }
  /// The same, but the interrupt is still on its way.
  TransactionState commit_without_waiting(const Transaction& t, int cpu = 0,
                                          Kernel::Caller caller = Kernel::Caller::kAgent) {
    const TransactionState state = commit_silently(t, cpu, caller);
    if (state == wave::scheduling::kComplete)
      kernel.cpu(cpu).interrupt(HostCpu::Interrupt::kReschedule);
    return state;
  }
  TransactionState commit_silently(const Transaction& t, int cpu = 0,
                                   Kernel::Caller caller = Kernel::Caller::kAgent) {
    TransactionState state = wave::scheduling::kReady;
    on(
        kAgent, [&](core::Core& by) { state = kernel.commit(t, kernel.cpu(cpu), by, caller); },
        1us);
    return state;
  }
  /// Writes a decision into a CPU's slot as an agent would, without telling the CPU.
  void stage(const Transaction& t, std::uint64_t sequence, int cpu = 0) {
    on(
        kAgent,
        [&](core::Core& by) {
          by.store(mapping, slot(cpu).decision(), wave::scheduling::encode(t, sequence));
          by.store_fence();
        },
        1us);
  }
  Outcome outcome(int cpu = 0) {
    std::uint64_t word = 0;
    region.read(slot(cpu).outcome(), std::as_writable_bytes(std::span(&word, 1)));
    return wave::scheduling::decode_outcome(word);
  }

  /// The types of all messages about `thread` since `from`, in the order of their numbers; fails
  /// the caller's expectations if a number is missing, because then a type is.
  std::vector<MessageType> story(const Thread& thread, Barrier from = 0) const {
    std::vector<MessageType> types;
    for (Barrier number = from + 1;; ++number) {
      const Seen* found = nullptr;
      for (const Seen& s : seen)
        if (s.message.gtid == thread.gtid && s.message.seqnum == number) found = &s;
      if (found == nullptr) return types;
      types.push_back(found->message.type);
    }
  }
  const Seen& last() const { return seen.back(); }

  bool is_to_be_sound = true;
  sim::Simulation sim;
  memory::Domain domain;
  memory::Region region{sim, "queues", domain, sim::Bytes{slot(kCores).offset}};
  memory::Mapping mapping{region, memory::MemoryType::kWriteBack};
  std::deque<wave::Producer> producers;
  std::deque<wave::DecisionReader> readers;
  std::vector<Seen> seen;
  Kernel kernel;
  std::deque<core::Core> cores;

 private:
  struct Entry : memory::Watcher {
    Bench* bench = nullptr;
    int queue = 0;
    std::int64_t offset = 0;
    void line_changed(std::int64_t) override { bench->note(*this); }
  };
  void watch(int c, std::int64_t index) {
    Entry& entry = entries_.emplace_back();
    entry.bench = this;
    entry.queue = c;
    entry.offset = queue(c).entry(index);
    region.watch(entry.offset, &entry);
  }
  void note(const Entry& entry) {
    wave::Slot slot{};
    region.read(entry.offset, std::as_writable_bytes(std::span(slot)));
    const Message message = wave::scheduling::decode_message(slot);
    const Thread* thread = kernel.find(message.gtid);
    seen.push_back({sim.now(), entry.queue, message,
                    thread != nullptr && thread->status.has(StatusWord::kOnCpu)});
  }
  std::deque<Entry> entries_;
  std::deque<Script> scripts_;
};

}  // namespace scheduling::bench
