// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/scheduling/kernel_params.h"
#include "subsystems/scheduling/thread.h"

namespace scheduling {

struct KernelOptions {
  /// Look into the decision slot whenever a thread stops, and prefetch it when it begins to.
  bool prestage = false;
};

struct KernelStats {
  std::int64_t messages = 0;
  std::int64_t overflows = 0;
  std::int64_t commits = 0;
  std::int64_t refusals = 0;

  static void describe(auto&& stat) {
    stat(&KernelStats::messages, "messages", "messages delivered to agents");
    stat(&KernelStats::overflows, "overflows", "messages that found their queue full");
    stat(&KernelStats::commits, "commits", "transactions committed");
    stat(&KernelStats::refusals, "refusals", "transactions refused");
  }
  friend KernelStats operator-(KernelStats a, const KernelStats& b) {
    a.messages -= b.messages;
    a.overflows -= b.overflows;
    a.commits -= b.commits;
    a.refusals -= b.refusals;
    return a;
  }
};

/// ghOSt's scheduling class, the mechanism that stays on the host wherever the agent runs: threads,
/// their messages with sequence numbers, and the atomic commit of the agent's decisions.
class Kernel {
 public:
  Kernel(const KernelParams& params, const KernelOptions& options)
      : params_(params), options_(options) {}
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  const KernelParams& params() const { return params_; }
  const KernelOptions& options() const { return options_; }
  const KernelStats& stats() const { return stats_; }

  HostCpu& add_cpu(core::Core& core, wave::Producer& messages, wave::DecisionReader& slot);
  HostCpu& cpu(int id) { return *cpus_[static_cast<std::size_t>(id)]; }
  int cpus() const { return static_cast<int>(cpus_.size()); }
  void start();

  /// A thread enters the class, not running; `by` sends its TASK_NEW.
  Thread& enter(ThreadBody& body, bool runnable, core::Core& by, wave::Producer& messages);
  /// A wake-up by code that runs on `by` (futex wake).
  void wake(Thread& thread, core::Core& by, wave::Producer& messages, int waker_cpu);
  /// The second half of a wake-up, once the thread has left its CPU: it joins a run queue, and the
  /// agent is told.
  void activate(Thread& thread, core::Core& by, wave::Producer& messages, int cpu);

  /// Commits a decision for `target`, or says why not, in the order of ghost-kernel.md 5. Runs on
  /// core `by`, which is the target's own when it commits itself. `as_agent` false: the caller is
  /// no agent.
  wave::scheduling::TransactionState commit(const wave::scheduling::Transaction& transaction,
                                            HostCpu& target, core::Core& by, bool as_agent = true);

  /// Sends a message about `thread`: its barrier moves first, and moves even if the message is
  /// lost.
  void post(Thread& thread, wave::scheduling::MessageType type, core::Core& by,
            wave::Producer& messages, int cpu, std::uint32_t flags = 0);

  Thread* find(Gtid gtid);

  /// How long an IPI from one host core takes to another.
  sim::Duration ipi_flight(const core::Core& from, const core::Core& to) const;

 private:
  bool wakes_remotely(const Thread& thread, const core::Core& by);
  void send_wakeup(Thread& thread, core::Core& by);
  wave::scheduling::TransactionState check_flags(
      const wave::scheduling::Transaction& transaction) const;
  wave::scheduling::TransactionState check_target(const wave::scheduling::Transaction& transaction,
                                                  const HostCpu& target);
  void latch(const wave::scheduling::Transaction& transaction, HostCpu& target, core::Core& by);
  void drop_latch(HostCpu& cpu, core::Core& by);

  const KernelParams params_;
  const KernelOptions options_;
  KernelStats stats_;
  std::vector<std::unique_ptr<HostCpu>> cpus_;
  std::deque<Thread> threads_;  // by tid - 1; a deque: threads keep their addresses
};

}  // namespace scheduling
