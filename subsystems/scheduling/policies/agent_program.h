// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "subsystems/scheduling/policies/message_order.h"
#include "subsystems/scheduling/policies/policy.h"
#include "subsystems/scheduling/policies/runs.h"
#include "subsystems/scheduling/policies/unanswered.h"

namespace scheduling {

struct AgentOptions {
  /// Leave the next decision in the slot of a CPU that is still busy, so that it finds one when its
  /// thread stops.
  bool prestage = false;
  /// Sent with decisions for CPUs that wait for one, or that are to lose their thread.
  std::uint32_t commit_flags = 0;
  /// A thread that has run for this long may run long yet: nothing is staged behind it any more,
  /// and what is goes to a CPU that is idle.
  std::optional<Instant> long_run = std::nullopt;
  /// A notification of which nothing is heard for this long is sent again: an interrupt can be
  /// lost.
  std::optional<Instant> renotify_after = std::nullopt;
  /// A thread that yields has nothing to do until TASK_WORK says that it has: how ghOSt's
  /// applications wait with a PrioTable, without a wake-up by the kernel.
  bool work_by_message = false;
};

struct AgentStats {
  std::int64_t messages = 0;
  std::int64_t decisions = 0;
  std::int64_t staged = 0;       // of the decisions, those left for a busy CPU
  std::int64_t preemptions = 0;  // of the decisions, those sent to a CPU that runs a thread
  std::int64_t moved = 0;        // of the decisions, those for a thread staged elsewhere before
  std::int64_t refused = 0;      // of the decisions, those that the host did not commit
  std::int64_t missed = 0;       // staged decisions that their CPU looked for too early
  std::int64_t renotified = 0;   // notifications sent again

  static void describe(auto&& stat) {
    stat(&AgentStats::messages, "messages", "messages handled");
    stat(&AgentStats::decisions, "decisions", "decisions written into slots");
    stat(&AgentStats::staged, "staged", "decisions left for a CPU that was still busy");
    stat(&AgentStats::preemptions, "preemptions",
         "decisions that were to take a CPU from a thread whose slice was over");
    stat(&AgentStats::moved, "moved",
         "decisions that took a staged thread to another CPU, which was idle");
    stat(&AgentStats::refused, "refused", "decisions that the host did not commit");
    stat(&AgentStats::missed, "missed",
         "staged decisions that their CPU looked for before they were there");
    stat(&AgentStats::renotified, "renotified",
         "notifications sent again because nothing was heard");
  }
  friend AgentStats operator-(AgentStats a, const AgentStats& b) {
    a.messages -= b.messages;
    a.decisions -= b.decisions;
    a.staged -= b.staged;
    a.preemptions -= b.preemptions;
    a.moved -= b.moved;
    a.refused -= b.refused;
    a.missed -= b.missed;
    a.renotified -= b.renotified;
    return a;
  }
  friend AgentStats operator+(AgentStats a, const AgentStats& b) { return a - (AgentStats{} - b); }
};

/// One agent that schedules all CPUs of an enclave with one policy (ghOSt's centralised model): it
/// keeps what it knows of threads and CPUs, feeds the policy, and sends its decisions.
///
/// A CPU looks at its slot whenever its thread stops. If it looked before a staged decision had
/// arrived it says so in its outcome word and waits, and the agent notifies it: no wake-up is lost
/// although the slot cannot be read and written atomically across PCIe.
///
/// For the same reason a staged decision cannot be taken back. To turn it into a preemption, or to
/// give its thread to another CPU, the agent decides for that thread a second time; whichever
/// decision comes second is refused by the host, because the thread runs or has been heard of
/// since.
class AgentProgram {
 public:
  AgentProgram(wave::Runtime& runtime, Policy& policy, const AgentOptions& options);

  /// Runs until the host asks the agent to leave.
  void run();

  const AgentStats& stats() const { return stats_; }
  /// Messages, CPUs and decisions that it has yet to come back to; bounded by what is under way.
  std::size_t backlog() const;

 private:
  enum class ThreadState : std::uint8_t { kUnknown, kBlocked, kRunnable, kStaged, kRunning };
  struct Thread {
    wave::scheduling::Gtid gtid = 0;
    wave::scheduling::Barrier barrier = 0;
    ThreadState state = ThreadState::kUnknown;
    Cpu cpu = wave::scheduling::kNoCpu;  // while staged or running
    int bookings = 0;                    // decisions for it, as it is now, without a known outcome
    bool long_running = false;           // has lost a CPU since it woke up
    bool has_work = false;               // was given some, and has not been seen waiting since
    std::optional<std::uint64_t> word = std::nullopt;  // that came with it

    Heard heard() const {
      return {.gtid = gtid, .barrier = barrier, .known = state != ThreadState::kUnknown};
    }
  };
  enum class CpuState : std::uint8_t {
    kBusy,     // runs a thread
    kLooking,  // its thread stopped; what it found in its slot is not known yet
    kIdle,     // waits to be notified
  };
  /// A decision whose outcome is not known.
  struct Booking {
    std::uint32_t sequence;
    wave::scheduling::Gtid gtid;
    wave::scheduling::Barrier barrier;

    ThreadId thread() const { return static_cast<ThreadId>(wave::scheduling::tid_of(gtid)); }
    /// Nothing has been heard of the thread since.
    bool holds_for(const Thread& t) const { return t.gtid == gtid && t.barrier == barrier; }
  };
  struct CpuEntry {
    CpuState state = CpuState::kBusy;
    std::uint32_t sequence = 0;  // of the youngest decision
    ThreadId staged = kNone;     // in the slot, not known to be committed, refused or void
    bool notified = false;       // of that decision
    ThreadId running = kNone;
    std::vector<Booking> bookings;  // oldest first
  };
  /// A CPU that could take a decision, as it was after its decision number `sequence`. Entries
  /// whose CPU has moved on are dropped when they come to the head.
  struct Offer {
    Cpu cpu;
    std::uint32_t sequence;
  };
  static constexpr ThreadId kNone = -1;

  void receive(const wave::scheduling::Message& message);
  bool is_next(const wave::scheduling::Message& message) const;
  bool is_old(const wave::scheduling::Message& message) const;
  std::optional<wave::scheduling::Message> take_early(ThreadId thread);
  void handle(const wave::scheduling::Message& message);
  void became_runnable(ThreadId thread, Policy::Why why);
  void given_work(const wave::scheduling::Message& message);
  void take_back(ThreadId thread);
  void unstage(ThreadId thread);
  void waits_for_work(ThreadId thread);
  void tell_word(ThreadId thread);
  void stopped_waiting(ThreadId thread);
  void left_cpu(ThreadId thread, Cpu cpu);

  void handle_outcome(Cpu cpu, const wave::scheduling::Outcome& outcome);
  void settle(Cpu cpu, const wave::scheduling::Outcome& outcome);
  bool release_older(CpuEntry& c, const Booking& settled);
  void release(const Booking& booking);
  void give_back_if_lost(ThreadId thread);
  void began(ThreadId thread, Cpu cpu);
  void stopped(Cpu cpu, CpuState state);
  void offer(Cpu cpu);
  void offer(Cpu cpu, std::deque<Offer>& offers);

  void notify(Cpu cpu);
  bool is_answered(const Unanswered::Notification& notification) const;
  void notify_again();

  void schedule();
  void serve_idle();
  void move_staged_to_idle();
  std::optional<Cpu> staged_behind_long_run() const;
  void preempt();
  void stage();
  Instant deadline() const;
  bool stands(const Offer& offer, bool busy) const;
  bool may_run_long(Cpu cpu) const;
  static bool is_staged(const CpuEntry& c) { return c.staged != kNone && !c.notified; }

  enum class Manner : std::uint8_t { kStage, kNotify };
  bool decide(Cpu cpu, Manner manner);
  void send(ThreadId thread, Cpu cpu, Manner manner);

  ThreadId id_of(wave::scheduling::Gtid gtid);
  CpuEntry& entry(Cpu cpu) { return cpus_[static_cast<std::size_t>(cpu)]; }
  const CpuEntry& entry(Cpu cpu) const { return cpus_[static_cast<std::size_t>(cpu)]; }
  Thread& thread(ThreadId id) { return threads_[static_cast<std::size_t>(id)]; }
  const Thread& thread(ThreadId id) const { return threads_[static_cast<std::size_t>(id)]; }
  const Thread& known(const wave::scheduling::Message& about) const {
    return thread(static_cast<ThreadId>(wave::scheduling::tid_of(about.gtid)));
  }

  wave::Runtime& runtime_;
  Policy& policy_;
  const AgentOptions options_;
  AgentStats stats_;
  std::vector<Thread> threads_;
  std::vector<CpuEntry> cpus_;
  int waiting_ = 0;  // threads that the policy may give
  Runs runs_;        // of threads on CPUs
  /// Messages that overtook an earlier one about the same thread, which another CPU's queue holds.
  std::vector<wave::scheduling::Message> early_;
  Unanswered unanswered_;
  Instant looked_at_{};          // when it last looked what is to do
  std::deque<Offer> hungry_;     // CPUs that wait for a decision, longest first
  std::deque<Offer> stageable_;  // busy CPUs with an empty slot, longest busy first
};

}  // namespace scheduling
