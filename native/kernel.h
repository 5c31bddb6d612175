// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "native/clock.h"
#include "native/decision_slot.h"
#include "native/interrupt_word.h"
#include "native/message_queue.h"
#include "native/place.h"
#include "native/thread.h"
#include "subsystems/scheduling/cpu_stats.h"
#include "subsystems/scheduling/kernel_stats.h"
#include "subsystems/wave/agent/scheduling.h"

namespace native {

struct KernelOptions {
  /// Look into the decision slot whenever a thread stops.
  bool prestage = true;
  /// Without an agent the host schedules by itself, first come, first served.
  bool fallback = true;
};

/// The mechanism that stays on the host wherever the agent runs, for threads that are contexts of
/// this process: their messages with sequence numbers, and the atomic commit of the agent's
/// decisions, by the rules and in the order of the simulated kernel (subsystems/scheduling), which
/// are ghOSt's. The agent is the same program, and cannot tell the two apart.
///
/// One lock is around everything here. While a CPU runs a thread it does not hold it, and glances
/// at its interrupt word without it.
///
/// Not modelled: the fair class beside the ghost class, agents on the CPUs that they schedule,
/// status words, affinity.
class Kernel {
 public:
  /// Queue i is CPU i's; whoever else sends has one of those above.
  Kernel(Words memory, const Layout& layout, const Clock& clock, const KernelOptions& options);
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  int cpus() const { return static_cast<int>(cpus_.size()); }
  InterruptWord interrupts(int cpu) const {
    return InterruptWord(memory_.half(layout_.interrupt(cpu)));
  }

  // Threads:
  /// A thread begins, not running.
  Thread& enter(std::function<void(Self&)> body, bool runnable, int queue);
  /// A wake-up by code that sends into `queue`, on CPU `waker` or on none.
  void wake(Thread& thread, int queue, int waker);

  // A CPU's own calls:
  /// What runs next; none: nothing. The thread that ran last may lose its CPU here.
  Thread* pick_next(int cpu);
  /// The current thread has stopped by itself; false: it goes on, because its wake-up has come.
  bool stopped(int cpu, Stop why);
  /// Takes what is pending; true: what runs there is to be chosen anew.
  bool take_interrupts(int cpu);
  bool stopping(int cpu) const { return cpu_at(cpu).stopping; }
  /// Time spent in a thread's code, and in idleness.
  void ran(int cpu, Instant time);
  void idled(int cpu, Instant time);

  // One agent goes, another comes (agent_change.cpp):
  /// Nobody decides any more, and nothing that was decided is carried out from here on. Threads
  /// that run go on.
  void detach_agent();
  /// The agent at `place` decides. It is told about every thread, by `queue`, with its present
  /// number, and by each CPU whether it waits for a decision.
  void attach_agent(int place, int queue);
  bool has_agent() const;
  /// When the first decision was committed since there is this agent.
  std::optional<Instant> first_commit() const;
  /// Whether a message has found its queue full since there is this agent.
  bool overflowed() const;
  /// How long the thread has waited that waits longest, since it may hope for an agent; none waits.
  std::optional<Instant> longest_wait() const;

  void stop();

  scheduling::KernelStats stats() const;
  scheduling::CpuStats cpu_stats() const;
  /// Threads that have not ended.
  std::int64_t threads() const;

  /// Holds of every thread and CPU at every instant; aborts if not.
  void check_invariants() const;

 private:
  using MessageType = wave::scheduling::MessageType;
  using Transaction = wave::scheduling::Transaction;
  using TransactionState = wave::scheduling::TransactionState;

  struct Cpu {
    int id;
    Producer messages;
    DecisionReader slot;
    Thread* current = nullptr;
    Thread* latched = nullptr;
    bool latched_idle = false;
    bool must_resched = false;
    bool elide_preempt = false;
    bool send_on_cpu = false;
    bool idle = false;             // waits for an interrupt, and nobody has sent it one
    bool idleness_untold = false;  // the agent was told that it was busy, and not with what
    bool stopping = false;
    std::optional<wave::Slot> held =
        std::nullopt;  // a decision for the next schedule, seen already
    // Of the youngest decision that was committed or refused:
    std::uint32_t last_sequence = 0;
    TransactionState last_state = wave::scheduling::kComplete;
    std::optional<Instant> stopped_at = std::nullopt;
    scheduling::CpuStats stats = {};
  };

  // All of these with the lock held.
  Cpu& cpu_at(int id) { return cpus_[static_cast<std::size_t>(id)]; }
  const Cpu& cpu_at(int id) const { return cpus_[static_cast<std::size_t>(id)]; }
  Producer& producer(int queue);
  Thread* find(Gtid gtid);

  Thread* pick_decided(Cpu& cpu);
  Thread* pick_fallback(Cpu& cpu);
  void switch_to(Thread& next, Cpu& cpu);
  void leave(Cpu& cpu, MessageType why);
  void activate(Thread& thread, int queue, int waker);
  void begin_to_wait(Thread& thread);

  void post(Thread& thread, MessageType type, int queue, int cpu, std::uint32_t flags = 0);
  void post_new(Thread& thread, int queue);
  void deliver(const wave::scheduling::Message& message, int queue);
  void greet_agent(Cpu& cpu);

  void look_for_staged_decision(Cpu& cpu);
  void look_at_slot(Cpu& cpu);
  void commit_here(Cpu& cpu, const wave::Slot& decision);
  TransactionState commit(const Transaction& transaction, Cpu& target);
  TransactionState check(const Transaction& transaction, const Cpu& target);
  TransactionState check_flags(const Transaction& transaction) const;
  TransactionState check_target(const Transaction& transaction, const Cpu& target);
  TransactionState check_cpu(const Transaction& transaction, const Cpu& target) const;
  void latch(const Transaction& transaction, Cpu& target);
  void answer(Cpu& cpu, TransactionState state, bool idle);
  static bool has_work(const Cpu& cpu);
  static bool must_schedule(const Cpu& cpu) {
    return cpu.latched != nullptr || cpu.latched_idle || cpu.must_resched;
  }

  const Words memory_;
  const Layout layout_;
  const Clock clock_;
  const KernelOptions options_;
  mutable std::mutex lock_;
  std::deque<Cpu> cpus_;
  std::vector<Producer> others_;  // queues that are no CPU's
  std::deque<Thread> threads_;    // by tid - 1; a deque: threads keep their addresses
  std::deque<Thread*> waiting_;   // for the fallback, longest first
  std::optional<int> place_;      // of the agent that decides
  Instant agent_since_{};
  std::optional<Instant> first_commit_;
  bool overflowed_ = false;
  scheduling::KernelStats stats_;
};

}  // namespace native
