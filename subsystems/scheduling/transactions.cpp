// SPDX-License-Identifier: Apache-2.0
// Kernel and HostCpu: transactions in memory that agents on the host share with the kernel, one
// place a CPU, and who commits them (ghost-kernel.md 5).
#include <algorithm>
#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using namespace wave::scheduling;

namespace {

bool at_schedule(const Transaction& t) {
  return (t.commit_flags & kCommitAtSchedule) != 0;
}
bool at_submission(const Transaction& t) {
  return (t.commit_flags & kCommitAtTxnCommit) != 0;
}

}  // namespace

void Kernel::submit(HostCpu& submitter, std::span<RunRequest> requests) {
  const int self = submitter.id();
  const auto turn = [&](const RunRequest* r) { return (r->cpu - self - 1 + cpus()) % cpus(); };
  std::vector<RunRequest*> in_turn;
  for (RunRequest& r : requests) in_turn.push_back(&r);
  std::ranges::sort(in_turn, {}, turn);
  submitter.enter_kernel();
  bool failed = false;
  std::vector<HostCpu*> notify;
  for (RunRequest* request : in_turn) {
    RunRequest& r = *request;
    if (r.cpu < 0 || r.cpu >= cpus()) {
      r.state = kInvalidCpu;
    } else if (r.cpu == self) {
      r.state = commit_own(submitter, failed);
    } else {
      r.state = submit_remote(cpu(r.cpu), submitter.core(), notify);
    }
    failed = failed || (r.state != kComplete && committed(r.state));
  }
  interrupt_all(notify, submitter.core());
  submitter.act_on_own_commit();
}

/// After a failure the agent keeps its CPU, so that it can react.
TransactionState Kernel::commit_own(HostCpu& submitter, bool failed) {
  if (!failed) return commit_slot(submitter, submitter.core());
  submitter.transaction_.finish(kPoisoned, submitter.core().now());
  return kPoisoned;
}

/// Commits now, or leaves the transaction to its CPU, which is told unless it is to wait for its
/// next schedule.
TransactionState Kernel::submit_remote(HostCpu& target, core::Core& by,
                                       std::vector<HostCpu*>& notify) {
  const Transaction& t = target.transaction_.transaction();
  if (at_submission(t)) {
    const TransactionState state = commit_slot(target, by);
    if (state == kComplete && target.asks_for_interrupt()) notify.push_back(&target);
    return state;
  }
  if (!at_schedule(t)) {
    target.need_resched_ = true;
    notify.push_back(&target);
  }
  return kReady;
}

TransactionState Kernel::commit_slot(HostCpu& target, core::Core& by) {
  TransactionSlot& slot = target.transaction_;
  by.touch(slot.line());
  const Transaction t = slot.claim(target.id());
  const TransactionState state = commit(t, target, by);
  slot.finish(state, by.now());
  return state;
}

/// One write to the interrupt controller reaches all targets of a cluster.
void Kernel::interrupt_all(const std::vector<HostCpu*>& targets, core::Core& by) {
  const core::InterruptParams& p = params_.interrupts;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const int cluster = targets[i]->id() / kInterruptCluster;
    if (i == 0 || targets[i - 1]->id() / kInterruptCluster != cluster) by.spend(p.ipi_send);
  }
  const sim::Time arrival = by.now() + p.ipi_deliver;
  for (HostCpu* target : targets)
    by.simulation().at(arrival, [target] { target->interrupt(HostCpu::Interrupt::kReschedule); });
}

/// Latching alone does not make a CPU look: one that already has to needs no interrupt.
bool HostCpu::asks_for_interrupt() {
  return !std::exchange(need_resched_, true);
}

/// What was left for this CPU to commit itself, when it looks anew or, if it was to wait, when it
/// schedules with nothing better to run.
void HostCpu::commit_left_transaction(bool nothing_better) {
  if (!transaction_.ready()) return;
  if (at_schedule(transaction_.transaction()) && !nothing_better) return;
  kernel_.commit_slot(*this, core_);
}

/// A commit for the own CPU gives it away.
void HostCpu::act_on_own_commit() {
  if (!own_commit_) return;
  own_commit_ = false;
  give_away_cpu();
}

}  // namespace scheduling
