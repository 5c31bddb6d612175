// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/core/core.h"
#include "models/core/idle.h"
#include "sim/simulation.h"
#include "subsystems/scheduling/address_space.h"
#include "subsystems/scheduling/cpu_stats.h"
#include "subsystems/scheduling/fair_class.h"
#include "subsystems/scheduling/fair_queue.h"
#include "subsystems/scheduling/queue.h"
#include "subsystems/scheduling/thread.h"
#include "subsystems/scheduling/transaction_slot.h"
#include "subsystems/wave/agent/local_runtime.h"
#include "subsystems/wave/decision_slot.h"
#include "subsystems/wave/message_queue.h"

namespace scheduling {

class Kernel;

/// Says that an interrupt leaves `by` for `to`, if anybody wants to know.
template <class Kind>
void tell_interrupt(const core::Core& by, const core::Core& to, Kind what) {
  if (by.observer() != nullptr) [[unlikely]]
    by.observer()->interrupts(by, to, static_cast<int>(what));
}

/// A CPU of the host: runs threads, tells the agent what happens to those of the ghost class, and
/// finds out what to run next. Its program is the host kernel's scheduling path. A CPU is scheduled
/// by an agent elsewhere, with which it shares a queue and a slot; by an agent of its own, which is
/// a thread here; or, outside the enclave, by the fair class alone.
class HostCpu {
 public:
  HostCpu(Kernel& kernel, int id, core::Core& core, wave::Producer* messages,
          wave::DecisionReader* slot);

  void start();

  int id() const { return id_; }
  core::Core& core() { return core_; }
  const core::Core& core() const { return core_; }
  bool in_enclave() const { return in_enclave_; }
  /// An agent elsewhere decides for it.
  bool has_slot() const { return slot_ != nullptr; }
  /// An agent of its own.
  bool has_agent() const { return agent_ != nullptr; }
  wave::Producer* messages() { return messages_; }
  wave::DecisionReader& slot() { return *slot_; }
  /// Up to this instant, if that is in idleness or a thread's own code; else up to the last change.
  CpuStats stats() const;
  /// Counts changes of what is to run here.
  std::uint64_t seqnum() const { return cpu_seqnum_; }
  Thread* current() const { return current_; }

  /// An interrupt arrives. Values are bits: several may be pending.
  enum class Interrupt : std::uint8_t {
    kReschedule = 1,  // there is something to run
    kDecision = 2,    // there is a decision in the slot
    kWakeUp = 4,      // a wake-up is to be finished here
    kTick = 8,
    kBalance = 16,   // others have more threads than they can run
    kTimer = 32,     // the agent has set a timer
    kNewAgent = 64,  // the agent wants to know whether this CPU waits
  };
  void interrupt(Interrupt what);
  /// The same from another core of the host, by IPI.
  void interrupt_from(core::Core& by, Interrupt what);
  /// The IPI that `by` has just sent, to several CPUs at once perhaps.
  void interrupt_arrives_from(core::Core& by, Interrupt what);
  /// Makes the CPU choose anew. `by` sends the interrupt if it is another CPU's core.
  void reschedule(core::Core& by);

  /// It idles in a state in which it sees its flag change, and interrupts are spared (see
  /// KernelParams::flag_wakes_pollers).
  bool watches_flag() const { return watches_flag_; }
  /// Code that runs on `by` changes that flag, perhaps for a thread whose wake-up is to be finished
  /// here.
  void raise_flag(core::Core& by, Interrupt instead_of, Thread* to_wake = nullptr);

  /// Another CPU is waking a thread of this one, and sends an interrupt; when it arrives the rest
  /// is done here.
  void expect_wakeup() { ++wakeups_coming_; }
  void finish_wakeup(Thread& thread);

  /// The agent's system call on a host core: commits what is in the slot, if anything new is; true
  /// if there is something to interrupt this CPU for.
  bool commit_for_agent(core::Core& agent);

  // For an agent of its own, in its context:
  /// A system call of the agent's begins, and ends if the agent has kept its CPU.
  void enter_kernel();
  void leave_kernel();
  /// Interrupts reach the agent's own code here; one that was killed goes no further.
  void take_interrupts_of_agent();
  /// It dies: it has done what no agent may, or crashed.
  [[noreturn]] void end_agent();
  wave::scheduling::Yield yield_agent(Barrier sample, std::uint32_t run_flags);
  Barrier agent_barrier() const { return agent_barrier_; }
  Thread& agent() { return *agent_; }
  TransactionSlot& transaction() { return transaction_; }

  /// Counts up the agent's barrier, and runs it if it had given its CPU away.
  void wake_agent(core::Core& by);
  /// The agent's program ends where it stands; `by` does it.
  void kill_agent(core::Core& by);

  // For the fair class across CPUs:
  FairQueue& fair() { return fair_; }
  FairBalance& balance() { return balance_; }
  const FairBalance& balance() const { return balance_; }
  memory::SharedLine& runqueue() { return runqueue_; }
  /// Nothing runs here and nothing is about to.
  bool is_idle() const {
    return idling_ && fair_.empty() && latched_ == nullptr && wakeups_coming_ == 0 &&
           !interrupt_pending();
  }
  /// A waiting thread comes from another CPU, which this one's core has taken it from.
  void take_over(Thread& thread);

 private:
  friend class Kernel;
  friend class Invariants;

  void run();
  void schedule();
  Thread* pick_next();
  Thread* pick_agent();
  void give_up_latch();
  Thread* drop_latched();
  void make_way_for_fair();
  Thread* pick_fair();
  Thread* pick_ghost();
  void publish_departure();
  void clear_on_cpu(Thread& thread);

  bool agent_is_runnable() const { return agent_ != nullptr && !blocked_in_run_; }
  void attach_agent(Thread& agent, std::function<void()> program, Queue& queue);
  void run_agent();
  void unblock_agent();
  void return_to_agent(std::uint32_t edge);
  void block_agent();
  void give_away_cpu();
  bool act_on_own_commit();
  bool asks_for_interrupt();
  void commit_left_transaction(bool nothing_better);
  void show_available(const Thread* next);

  bool prestages() const;
  void look_for_staged_decision();
  void commit_here(const wave::Slot& decision);
  wave::scheduling::TransactionState commit(const wave::Slot& decision, core::Core& by);
  void answer(wave::scheduling::TransactionState state, bool idle, core::Core& by);
  void look_at_slot();
  bool has_work() const;
  bool has_yet_to_tell_of(const Thread& thread) const {
    return current_ == &thread || departing_ == &thread || publishing_ == &thread;
  }
  void forget_decisions();
  void expect_agent(core::Core& by);
  void greet_agent();

  void switch_to(Thread& next);
  void switch_address_space(AddressSpace& next);
  void switch_to_idle();
  void run_thread(Thread& thread);
  bool execute(Thread& thread, sim::Duration work);
  void leave_user(Thread& thread);
  sim::Duration to_do(sim::Duration left) const;
  bool must_schedule() const {
    return latched_ != nullptr || latched_idle_ || must_resched_ || need_resched_;
  }
  bool looks_ahead(const Thread& thread) const;
  template <class... Durations>
  void stop(Thread& thread, const Durations&... in_kernel);
  bool block(Thread& thread);
  void yield(Thread& thread);
  void exit(Thread& thread);
  void sleep(Thread& thread);
  void leave(Thread& thread, wave::scheduling::MessageType why);

  bool interrupt_pending() const { return pending_ != 0; }
  bool take(Interrupt what);
  void take_interrupts();
  void wake_threads();
  void idle();
  void notice_flag();
  void wakeup_came(Thread& thread);
  void start_ticks();
  void tick_is_due();
  sim::Duration until_tick() const;
  void tick();

  Kernel& kernel_;
  const int id_;
  core::Core& core_;
  wave::Producer* const messages_;
  wave::DecisionReader* const slot_;
  core::IdleGovernor governor_;
  CpuStats stats_;

  /// The step that the current thread is in.
  struct Progress {
    sim::Duration work{};     // of the whole step, on the reference core
    sim::Duration counted{};  // of it, in the statistics
    sim::Duration left{};     // of the step, at the present speed
    sim::Time since{};        // when the thread's own code began or went on
    bool in_user = false;
  };
  Progress progress_;

  // What ghost-kernel.md 1 lists for a CPU.
  Thread* current_ = nullptr;
  Thread* latched_ = nullptr;
  bool latched_idle_ = false;
  bool must_resched_ = false;
  bool elide_preempt_ = false;     // of the latch: whoever runs is not told of
  bool send_on_cpu_ = false;       // of the latch: TASK_ON_CPU
  bool defer_preemption_ = false;  // of the latch: the agent does not drop it at once
  bool tell_not_idle_ = false;     // CPU_NOT_IDLE is due
  bool available_ = true;          // no thread of another class runs, agents left aside
  bool need_resched_ = false;      // what runs is not what should
  bool idling_ = false;
  bool watches_flag_ = false;
  bool flag_is_up_ = false;
  memory::SharedLine flag_;
  std::uint8_t pending_ = 0;  // interrupts
  std::uint32_t run_flags_ = 0;
  std::uint64_t cpu_seqnum_ = 0;
  wave::scheduling::Barrier agent_barrier_ = 0;
  memory::SharedLine runqueue_;
  FairQueue fair_;
  AddressSpace* address_space_;          // whose page tables it has
  AddressSpace* referred_to_ = nullptr;  // by an idle CPU: whose it had before

  // The agent that schedules it, and what is its own if it runs here.
  bool in_enclave_;
  Thread* agent_ = nullptr;
  std::function<void()> agent_program_;
  Queue* agent_queue_ = nullptr;
  bool blocked_in_run_ = false;
  bool agent_killed_ = false;
  bool own_commit_ = false;  // it has committed a decision for this CPU, and gives it away now
  TransactionSlot transaction_;

  Thread* publishing_ = nullptr;  // a thread whose message about leaving is being sent
  // A thread that has stopped and whose message is still to be sent, and that message's type.
  Thread* departing_ = nullptr;
  wave::scheduling::MessageType departure_ = wave::scheduling::MessageType::kNone;

  std::optional<wave::Slot> held_;  // a decision for the next schedule, seen already
  // Of the youngest decision that was committed or refused.
  std::uint32_t last_sequence_ = 0;
  wave::scheduling::TransactionState last_state_ = wave::scheduling::kComplete;
  bool idleness_untold_ = false;  // the last answer said that it was busy, with nothing of ghost's
  sim::Time idle_since_{};
  std::vector<Thread*> to_wake_;
  int wakeups_coming_ = 0;
  std::optional<sim::Time> stopped_at_;

  sim::Timer tick_;
  FairBalance balance_;
};

}  // namespace scheduling
