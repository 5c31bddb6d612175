// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

struct AgentOptions {
  /// Leave the next decision in the slot of a CPU that is still busy, so that it finds one when its
  /// thread stops.
  bool prestage = false;
  /// Sent with decisions for CPUs that wait for one.
  std::uint32_t commit_flags = 0;
};

struct AgentStats {
  std::int64_t messages = 0;
  std::int64_t decisions = 0;
  std::int64_t staged = 0;   // of the decisions, those left for a busy CPU
  std::int64_t refused = 0;  // of the decisions, those that the host did not commit
  std::int64_t missed = 0;   // staged decisions that their CPU looked for too early

  static void describe(auto&& stat) {
    stat(&AgentStats::messages, "messages", "messages handled");
    stat(&AgentStats::decisions, "decisions", "decisions written into slots");
    stat(&AgentStats::staged, "staged", "decisions left for a CPU that was still busy");
    stat(&AgentStats::refused, "refused", "decisions that the host did not commit");
    stat(&AgentStats::missed, "missed",
         "staged decisions that their CPU looked for before they were there");
  }
  friend AgentStats operator-(AgentStats a, const AgentStats& b) {
    a.messages -= b.messages;
    a.decisions -= b.decisions;
    a.staged -= b.staged;
    a.refused -= b.refused;
    a.missed -= b.missed;
    return a;
  }
};

/// One agent that schedules all CPUs of an enclave with one policy (ghOSt's centralised model): it
/// keeps what it knows of threads and CPUs, feeds the policy, and sends its decisions.
///
/// A CPU looks at its slot whenever its thread stops. If it looked before a staged decision had
/// arrived it says so in its outcome word and waits, and the agent notifies it: no wake-up is lost
/// although the slot cannot be read and written atomically across PCIe.
class AgentProgram {
 public:
  AgentProgram(wave::Runtime& runtime, Policy& policy, const AgentOptions& options);

  /// Runs until the host asks the agent to leave.
  void run();

  const AgentStats& stats() const { return stats_; }
  /// Messages and CPUs that it has yet to come back to; bounded by what is under way.
  std::size_t backlog() const { return early_.size() + hungry_.size() + stageable_.size(); }

 private:
  enum class ThreadState : std::uint8_t { kUnknown, kBlocked, kRunnable, kStaged, kRunning };
  struct Thread {
    wave::scheduling::Gtid gtid = 0;
    wave::scheduling::Barrier barrier = 0;
    ThreadState state = ThreadState::kUnknown;
    Cpu cpu = wave::scheduling::kNoCpu;  // while staged or running
  };
  enum class CpuState : std::uint8_t {
    kBusy,     // runs a thread
    kLooking,  // its thread stopped; what it found in its slot is not known yet
    kIdle,     // waits to be notified
  };
  struct CpuEntry {
    CpuState state = CpuState::kBusy;
    std::uint32_t sequence = 0;  // of the youngest decision
    ThreadId staged = kNone;     // in the slot, not known to be committed or refused
    ThreadId running = kNone;
  };
  /// A CPU that could take a decision, as it was after its decision number `sequence`. Entries
  /// whose CPU has moved on are dropped when they come to the head.
  struct Offer {
    Cpu cpu;
    std::uint32_t sequence;
  };
  static constexpr ThreadId kNone = -1;

  void receive(const wave::scheduling::Message& message);
  void handle(const wave::scheduling::Message& message);
  void handle_outcome(Cpu cpu, const wave::scheduling::Outcome& outcome);
  void became_runnable(ThreadId thread, Policy::Why why);
  void left_cpu(Thread& thread, Cpu cpu);
  void settle(Cpu cpu, const wave::scheduling::Outcome& outcome);
  void offer(Cpu cpu);
  void offer(Cpu cpu, std::deque<Offer>& offers);

  void schedule();
  void serve(std::deque<Offer>& offers, bool busy);
  bool decide(Cpu cpu, bool notify);

  ThreadId id_of(wave::scheduling::Gtid gtid);
  CpuEntry& entry(Cpu cpu) { return cpus_[static_cast<std::size_t>(cpu)]; }
  Thread& thread(ThreadId id) { return threads_[static_cast<std::size_t>(id)]; }

  wave::Runtime& runtime_;
  Policy& policy_;
  const AgentOptions options_;
  AgentStats stats_;
  std::vector<Thread> threads_;
  std::vector<CpuEntry> cpus_;
  /// Messages that overtook an earlier one about the same thread, which another CPU's queue holds.
  std::vector<wave::scheduling::Message> early_;
  std::deque<Offer> hungry_;     // CPUs that wait for a decision, longest first
  std::deque<Offer> stageable_;  // busy CPUs with an empty slot, longest busy first
};

}  // namespace scheduling
