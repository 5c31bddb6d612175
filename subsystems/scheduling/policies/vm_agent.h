// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "subsystems/scheduling/policies/message_order.h"
#include "subsystems/scheduling/policies/vm.h"

namespace scheduling {

struct VmAgentStats {
  std::int64_t messages = 0;
  std::int64_t decisions = 0;
  std::int64_t emptied =
      0;  // of the decisions, those that took a CPU from a vCPU and left it empty
  std::int64_t refused = 0;

  static void describe(auto&& stat) {
    stat(&VmAgentStats::messages, "messages", "messages handled");
    stat(&VmAgentStats::decisions, "decisions", "decisions written into slots");
    stat(&VmAgentStats::emptied, "emptied",
         "of these, those that emptied a CPU for another virtual machine's sake");
    stat(&VmAgentStats::refused, "refused", "decisions that the host did not commit");
  }
  friend VmAgentStats operator-(VmAgentStats a, const VmAgentStats& b) {
    a.messages -= b.messages;
    a.decisions -= b.decisions;
    a.emptied -= b.emptied;
    a.refused -= b.refused;
    return a;
  }
};

/// One agent that schedules the vCPUs of all virtual machines on all CPUs of an enclave. It keeps
/// what it knows of threads and CPUs, feeds the policy, and carries out its orders: a decision for
/// a CPU and a notification, one at a time per CPU. It watches the clock itself, so it needs no
/// ticks of the host's.
class VmAgent {
 public:
  VmAgent(wave::Runtime& runtime, VmPolicy& policy);

  /// Runs until the host asks the agent to leave.
  void run();

  const VmAgentStats& stats() const { return stats_; }

 private:
  struct Thread : Heard {
    bool runnable = false;
  };
  struct CpuEntry {
    std::uint32_t sequence = 0;  // of the youngest decision
    ThreadId ordered = VmPolicy::kNobody;
    bool waits_for_outcome = false;
  };

  void receive(const wave::scheduling::Message& message);
  void handle(const wave::scheduling::Message& message);
  void handle_outcome(Cpu cpu, const wave::scheduling::Outcome& outcome);
  void became_runnable(ThreadId id);
  bool left_cpu(ThreadId id, Cpu cpu);
  void carry_out(const VmPolicy::Order& order);

  Thread& thread(ThreadId id);
  Thread& thread_of(const wave::scheduling::Message& message) {
    return thread(static_cast<ThreadId>(wave::scheduling::tid_of(message.gtid)));
  }
  CpuEntry& entry(Cpu cpu) { return cpus_[static_cast<std::size_t>(cpu)]; }

  wave::Runtime& runtime_;
  VmPolicy& policy_;
  VmAgentStats stats_;
  std::vector<Thread> threads_;
  std::vector<CpuEntry> cpus_;
  /// Messages that overtook an earlier one about the same thread, which another CPU's queue holds.
  std::vector<wave::scheduling::Message> early_;
};

}  // namespace scheduling
