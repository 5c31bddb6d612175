// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "subsystems/scheduling/address_space.h"
#include "subsystems/scheduling/enclave.h"
#include "subsystems/scheduling/fair_class.h"
#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/scheduling/kernel_params.h"
#include "subsystems/scheduling/kernel_stats.h"
#include "subsystems/scheduling/thread.h"
#include "subsystems/scheduling/ticks.h"

namespace scheduling {

struct KernelOptions {
  /// Look into the decision slot whenever a thread stops, and prefetch it when it begins to.
  bool prestage = false;
  /// The class that threads enter.
  SchedulingClass threads_enter = SchedulingClass::kGhost;
  Ticks ticks = Ticks::kWhileBusy;
};

/// The mechanism that stays on the host wherever the agent runs: threads, their messages with
/// sequence numbers, and the atomic commit of the agent's decisions (ghOSt's scheduling class);
/// and the fair class, which schedules without an agent, and to which threads fall back.
///
/// Calls that take a core and a queue are made by code that runs on that core; what it has to tell
/// the agent goes into that queue, if there is one.
class Kernel {
 public:
  Kernel(const KernelParams& params, const KernelOptions& options)
      : params_(params), options_(options), fair_(*this, params.fair) {}
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  const KernelParams& params() const { return params_; }
  const KernelOptions& options() const { return options_; }
  const KernelStats& stats() const { return stats_; }
  Enclave& enclave() { return enclave_; }
  FairClass& fair() { return fair_; }
  bool has_fair_threads() const { return fair_threads_ > 0; }

  /// A CPU of the enclave.
  HostCpu& add_cpu(core::Core& core, wave::Producer& messages, wave::DecisionReader& slot);
  /// A CPU for threads of the fair class only.
  HostCpu& add_cpu(core::Core& core);
  /// A CPU of the enclave for an agent of its own, which `attach_agent` brings.
  void attach_agent(HostCpu& cpu, std::function<void()> program, Queue& queue);
  HostCpu& cpu(int id) { return *cpus_[static_cast<std::size_t>(id)]; }
  const HostCpu& cpu(int id) const { return *cpus_[static_cast<std::size_t>(id)]; }
  /// The CPU that a global agent notifies; null, and a refusal, if it has no such CPU.
  HostCpu* notified(int id);
  int cpus() const { return static_cast<int>(cpus_.size()); }
  void start();

  /// A thread's messages go to another queue from now on (ghost-kernel.md 7).
  wave::scheduling::Association associate(Gtid gtid, Queue& queue, Barrier barrier, core::Core& by);
  /// Which agents a queue wakes; one that it did not wake before is woken now.
  void set_wake_up(Queue& queue, std::array<int, 2> cpus, core::Core& by);
  /// Wakes a CPU's agent so that it looks; false: it has none.
  bool ping(int cpu, core::Core& by);
  /// Wakes a CPU's agent with CPU_TIMER_EXPIRED at `when`.
  void arm_timer(HostCpu& cpu, sim::Time when);
  void set_affinity(Thread& thread, const CpuSet& cpus, core::Core& by, wave::Producer* messages);
  void set_nice(Thread& thread, int nice, core::Core& by, wave::Producer* messages);

  /// A thread begins, not running.
  Thread& enter(ThreadBody& body, bool runnable, core::Core& by, wave::Producer& messages);
  /// A wake-up by code that runs on `by` (futex wake).
  void wake(Thread& thread, core::Core& by, wave::Producer& messages, int waker_cpu);
  void wake_or_mark(Thread& thread, core::Core& by, wave::Producer& messages, int waker_cpu);
  /// The second half of a wake-up, once the thread has left its CPU: it joins a run queue, and the
  /// agent is told.
  void activate(Thread& thread, core::Core& by, wave::Producer* messages, int cpu);

  /// Moves a thread to the other class, whatever it is doing (sched_setscheduler): DEPARTED or
  /// TASK_NEW tells the agent. Nothing if it is there already or dead.
  void set_class(Thread& thread, SchedulingClass to, core::Core& by, wave::Producer* messages);
  /// The agent has seen the last of this incarnation of a thread. If the thread has come back
  /// meanwhile, it gets a new name and status word and is told about. False: there is nothing to
  /// free.
  bool free_status_word(Gtid gtid, core::Core& by, wave::Producer* messages);
  void give_back_status_word(Thread& thread);

  /// The agent is gone for good: nobody commits any more, and every thread of the ghost class goes
  /// on in the fair class, with nothing lost.
  void destroy_enclave(core::Core& by);

  // One agent goes, another comes, and the enclave stays (agent_change.cpp):
  /// Nobody decides any more, and nothing that was decided is carried out from here on. Threads
  /// stay in their class; those that run go on.
  void detach_agent();
  /// Somebody decides again, and the agent's CPUs tell it whether they wait for a decision.
  void attach_agent(core::Core& by);
  /// Tells the agent about every thread of the ghost class, with its present barrier.
  void introduce_threads(core::Core& by, wave::Producer* messages);
  bool has_agent() const { return enclave_.has_agent; }
  /// How many agents there have been.
  int agents() const { return agents_; }
  /// Runs once, when the next decision has been committed.
  void on_next_commit(std::function<void()> f) { next_commit_ = std::move(f); }
  /// Whether any thread of the ghost class waits for its agent.
  bool anyone_waits() const;
  /// Looks, on core `by`, whether the agent has let a thread wait for the enclave's
  /// `runnable_timeout`, and ends the enclave if so. Every tick of a CPU of the enclave looks; so
  /// may others, because idle CPUs' ticks stop.
  void check_runnable_timeout(core::Core& by);
  /// Runs in place of the enclave's end.
  void on_runnable_timeout(std::function<void()> f) { late_agent_ = std::move(f); }
  /// Runs on a CPU whose own agent has ended by itself.
  void on_agent_death(std::function<void(HostCpu&)> f) { agent_death_ = std::move(f); }
  void agent_died(HostCpu& cpu) {
    if (agent_death_) agent_death_(cpu);
  }
  /// Runs whenever a message finds its queue full.
  void on_overflow(std::function<void()> f) { overflow_ = std::move(f); }
  /// A thread's code has come to its end.
  void ended(Thread& thread, core::Core& by, wave::Producer* messages, int cpu);

  /// Whose decision it is.
  enum class Caller : std::uint8_t {
    kAgent,
    kOwnAgent,  // of the agent that runs on the CPU which the decision is for
    kNobody,    // who makes it is no agent
  };
  /// Commits a decision for `target`, or says why not, in the order of ghost-kernel.md 5. Runs on
  /// core `by`, which is the target's own when it commits itself.
  wave::scheduling::TransactionState commit(const wave::scheduling::Transaction& transaction,
                                            HostCpu& target, core::Core& by,
                                            Caller caller = Caller::kAgent);
  /// The system call of an agent that runs on `submitter`: commits the transactions in the CPUs'
  /// slots, its own CPU's last, or leaves them to their CPUs. If its own was committed, the call
  /// returns when the agent has the CPU again.
  void submit(HostCpu& submitter, std::span<wave::scheduling::RunRequest> requests);
  /// Commits what is in a CPU's slot.
  wave::scheduling::TransactionState commit_slot(HostCpu& target, HostCpu& committer,
                                                 Caller caller);
  /// A thread that was to run next and now is not: its agent has to know.
  void drop_latch(HostCpu& cpu, core::Core& by);
  /// The same where the agent hears of it otherwise, or not at all.
  void unlatch(Thread& thread);

  /// Sends a message about a thread of the ghost class: its barrier moves first, and moves even if
  /// the message is lost.
  void post(Thread& thread, wave::scheduling::MessageType type, core::Core& by,
            wave::Producer* messages, int cpu, std::uint32_t flags = 0);
  /// Sends a message about a CPU to its agent, and wakes it.
  void post_about_cpu(HostCpu& cpu, wave::scheduling::MessageType type, core::Core& by);
  /// Tells whoever reads the default queue that a CPU's agent sleeps or has woken up, if that is
  /// wanted; not the agent itself.
  void post_about_agent(HostCpu& cpu, wave::scheduling::MessageType type, core::Core& by);
  void tick_of_enclave(HostCpu& cpu);
  /// TASK_NEW: the first message of an incarnation.
  void post_new(Thread& thread, core::Core& by, wave::Producer* messages);

  /// The kernel's own, which an idle CPU has.
  AddressSpace& own_address_space() { return own_address_space_; }
  AddressSpace& address_space(const Thread& thread);

  Thread* find(Gtid gtid);
  const std::deque<Thread>& threads() const { return threads_; }
  Thread& thread(std::size_t index) { return threads_[index]; }

  /// How long an IPI from one host core takes to another.
  sim::Duration ipi_flight(const core::Core& from, const core::Core& to) const;

 private:
  bool wakes_remotely(const Thread& thread, const core::Core& by);
  void send_wakeup(Thread& thread, core::Core& by);
  void join_fair(Thread& thread, core::Core& by, FairQueue::Arrival how);

  void count_message(Thread& thread, core::Core& by);
  void deliver(Thread& thread, wave::scheduling::MessageType type, core::Core& by,
               wave::Producer* messages, int cpu, std::uint32_t flags);
  void overflowed();
  void begin_incarnation(Thread& thread);
  void take_status_word(Thread& thread);
  void depart(Thread& thread, core::Core& by, wave::Producer* messages);
  void enter_ghost(Thread& thread, core::Core& by, wave::Producer* messages);
  void introduce(Thread& thread, core::Core& by, wave::Producer* messages);

  std::vector<wave::scheduling::RunRequest*> own_cpu_last(
      const HostCpu& submitter, std::span<wave::scheduling::RunRequest> requests) const;
  wave::scheduling::TransactionState submit_one(int target, HostCpu& submitter, bool failed,
                                                std::vector<HostCpu*>& notify);
  wave::scheduling::TransactionState submit_remote(HostCpu& target, HostCpu& submitter,
                                                   std::vector<HostCpu*>& notify);
  void interrupt_all(const std::vector<HostCpu*>& targets, core::Core& by);
  void append(Queue* queue, wave::Producer* messages, const wave::scheduling::Message& message,
              int happened_on, core::Core& by);
  void force_off(Thread& thread, core::Core& by);
  bool waits_too_long(const Thread& thread, sim::Time now) const;

  wave::scheduling::TransactionState check(const wave::scheduling::Transaction& transaction,
                                           const HostCpu& target, Caller caller);
  wave::scheduling::TransactionState check_flags(
      const wave::scheduling::Transaction& transaction) const;
  wave::scheduling::TransactionState check_target(const wave::scheduling::Transaction& transaction,
                                                  const HostCpu& target);
  wave::scheduling::TransactionState check_cpu(const wave::scheduling::Transaction& transaction,
                                               const HostCpu& target, Caller caller);
  void latch(const wave::scheduling::Transaction& transaction, HostCpu& target, core::Core& by);
  void say_unlatched(Thread& loser, HostCpu& cpu, core::Core& by);

  const KernelParams params_;
  const KernelOptions options_;
  KernelStats stats_;
  Enclave enclave_;
  int agents_ = 1;
  std::function<void()> next_commit_;
  std::function<void()> overflow_;
  std::function<void()> late_agent_;
  std::function<void(HostCpu&)> agent_death_;
  FairClass fair_;
  int fair_threads_ = 0;
  AddressSpace own_address_space_;
  std::deque<AddressSpace> address_spaces_;  // of processes, the agents' first
  std::vector<std::unique_ptr<HostCpu>> cpus_;
  std::deque<Thread> threads_;  // by tid - 1; a deque: threads keep their addresses
};

}  // namespace scheduling
