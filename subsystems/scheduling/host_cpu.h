// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/core/core.h"
#include "models/core/idle.h"
#include "subsystems/scheduling/thread.h"
#include "subsystems/wave/decision_slot.h"
#include "subsystems/wave/message_queue.h"

namespace scheduling {

class Kernel;

struct CpuStats {
  std::int64_t switches = 0;
  std::int64_t interrupts = 0;
  std::int64_t handovers = 0;
  sim::Duration user{};
  sim::Duration idle{};
  sim::Duration handover{};

  static void describe(auto&& stat) {
    stat(&CpuStats::switches, "switches", "times that a thread was switched to");
    stat(&CpuStats::interrupts, "interrupts", "interrupts taken");
    stat(&CpuStats::handovers, "handovers", "times that a thread followed one that had stopped");
    stat(&CpuStats::user, "user", "time in threads' own code");
    stat(&CpuStats::idle, "idle", "time with nothing to run");
    stat(&CpuStats::handover, "handover",
         "from the moment a thread stopped until its successor ran, waiting for work included");
  }
  friend CpuStats operator-(CpuStats a, const CpuStats& b) {
    a.switches -= b.switches;
    a.interrupts -= b.interrupts;
    a.handovers -= b.handovers;
    a.user -= b.user;
    a.idle -= b.idle;
    a.handover -= b.handover;
    return a;
  }
  friend CpuStats operator+(CpuStats a, const CpuStats& b) {
    a.switches += b.switches;
    a.interrupts += b.interrupts;
    a.handovers += b.handovers;
    a.user += b.user;
    a.idle += b.idle;
    a.handover += b.handover;
    return a;
  }
};

/// A CPU of an enclave: runs threads, tells the agent what happens to them, and finds out what to
/// run next. Its program is the host kernel's scheduling path.
///
/// Not modelled yet: threads of other scheduling classes, per-CPU agents, ticks.
class HostCpu {
 public:
  HostCpu(Kernel& kernel, int id, core::Core& core, wave::Producer& messages,
          wave::DecisionReader& slot);

  void start();

  int id() const { return id_; }
  core::Core& core() { return core_; }
  wave::Producer& messages() { return messages_; }
  wave::DecisionReader& slot() { return slot_; }
  const CpuStats& stats() const { return stats_; }

  /// An interrupt arrives: there is something latched, or a decision in the slot.
  enum class Interrupt : std::uint8_t { kReschedule, kDecision };
  void interrupt(Interrupt what);

  /// Another CPU has woken a thread that ran here last and leaves the rest to this one.
  void finish_wakeup(Thread& thread);

  /// The agent's system call on a host core: commits what is in the slot, if anything new is; true
  /// if there is something to interrupt this CPU for.
  bool commit_for_agent(core::Core& agent);

 private:
  friend class Kernel;

  void run();
  Thread* pick_next();
  void publish_departure();
  void clear_on_cpu(Thread& thread);
  void look_for_staged_decision();
  void commit_here(const wave::Slot& decision);
  wave::scheduling::TransactionState commit(const wave::Slot& decision, core::Core& by);
  void answer(wave::scheduling::TransactionState state, bool idle, core::Core& by);
  bool has_work() const;

  void switch_to(Thread& next);
  void run_thread(Thread& thread);
  bool execute(Thread& thread, sim::Duration work);
  bool block(Thread& thread);
  void yield(Thread& thread);
  void exit(Thread& thread);
  void leave(Thread& thread, wave::scheduling::MessageType why);

  bool interrupt_pending() const {
    return reschedule_pending_ || decision_pending_ || !to_wake_.empty();
  }
  void wake_threads();
  void take_interrupts();
  void look_at_slot();
  void idle();

  Kernel& kernel_;
  const int id_;
  core::Core& core_;
  wave::Producer& messages_;
  wave::DecisionReader& slot_;
  core::IdleGovernor governor_;
  CpuStats stats_;

  // What ghost-kernel.md 1 lists for a CPU.
  Thread* current_ = nullptr;
  Thread* latched_ = nullptr;
  bool latched_idle_ = false;
  bool must_resched_ = false;
  std::uint32_t run_flags_ = 0;
  std::uint32_t cpu_seqnum_ = 0;
  wave::scheduling::Barrier agent_barrier_ = 0;
  bool elide_preempt_ = false;
  memory::CoherentLine runqueue_;

  // A thread that has stopped and whose message is still to be sent, and that message's type.
  Thread* departing_ = nullptr;
  wave::scheduling::MessageType departure_ = wave::scheduling::MessageType::kNone;

  std::optional<wave::Slot> held_;  // a decision for the next schedule, seen already
  // Of the youngest decision that was committed or refused.
  std::uint32_t last_sequence_ = 0;
  wave::scheduling::TransactionState last_state_ = wave::scheduling::kComplete;
  std::vector<Thread*> to_wake_;
  bool reschedule_pending_ = false;
  bool decision_pending_ = false;
  std::optional<sim::Time> stopped_at_;
};

}  // namespace scheduling
