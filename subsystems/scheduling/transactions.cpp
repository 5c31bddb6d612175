// SPDX-License-Identifier: Apache-2.0
// Kernel and HostCpu: transactions in memory that agents on the host share with the kernel, one
// place a CPU, and who commits them (ghost-kernel.md 5).
#include <algorithm>
#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using namespace wave::scheduling;

namespace {

constexpr int kNoCluster = -1;

bool at_schedule(const Transaction& t) {
  return (t.commit_flags & kCommitAtSchedule) != 0;
}
bool at_submission(const Transaction& t) {
  return (t.commit_flags & kCommitAtTxnCommit) != 0;
}

}  // namespace

void Kernel::submit(HostCpu& submitter, std::span<RunRequest> requests) {
  submitter.enter_kernel();
  submitter.core().compute(params_.submit);
  bool failed = false;
  std::vector<HostCpu*> notify;
  for (RunRequest* request : own_cpu_last(submitter, requests)) {
    request->state = submit_one(request->cpu, submitter, failed, notify);
    failed = failed || (request->state != kComplete && committed(request->state));
  }
  interrupt_all(notify, submitter.core());
  if (!submitter.act_on_own_commit()) submitter.leave_kernel();
}

std::vector<RunRequest*> Kernel::own_cpu_last(const HostCpu& submitter,
                                              std::span<RunRequest> requests) const {
  std::vector<RunRequest*> in_turn;
  for (RunRequest& r : requests) in_turn.push_back(&r);
  std::ranges::sort(in_turn, {}, [&](const RunRequest* r) {
    return (r->cpu - submitter.id() - 1 + cpus()) % cpus();
  });
  return in_turn;
}

TransactionState Kernel::submit_one(int target, HostCpu& submitter, bool failed,
                                    std::vector<HostCpu*>& notify) {
  if (target < 0 || target >= cpus()) return kInvalidCpu;
  if (target != submitter.id()) return submit_remote(cpu(target), submitter, notify);
  if (!failed) return commit_slot(submitter, submitter, Caller::kOwnAgent);
  // The agent keeps its CPU, so that it can react.
  submitter.transaction_.finish(kPoisoned, submitter.core().now());
  return kPoisoned;
}

/// Commits now, or leaves the transaction to its CPU, which is told unless it is to wait for its
/// next schedule.
TransactionState Kernel::submit_remote(HostCpu& target, HostCpu& submitter,
                                       std::vector<HostCpu*>& notify) {
  const Transaction& t = target.transaction_.transaction();
  if (at_submission(t)) {
    const TransactionState state = commit_slot(target, submitter, Caller::kAgent);
    if (state == kComplete && target.asks_for_interrupt()) notify.push_back(&target);
    return state;
  }
  if (!at_schedule(t)) {
    target.need_resched_ = true;
    notify.push_back(&target);
  }
  return kReady;
}

TransactionState Kernel::commit_slot(HostCpu& target, HostCpu& committer, Caller caller) {
  core::Core& by = committer.core();
  TransactionSlot& slot = target.transaction_;
  by.touch(slot.line());
  by.sync();
  if (!slot.ready()) return slot.state();  // its CPU was quicker than whoever submits it
  const Transaction t = slot.claim(committer.id());
  const TransactionState state = commit(t, target, by, caller);
  slot.finish(state, by.now());
  return state;
}

/// One write to the interrupt controller reaches all targets of a cluster.
void Kernel::interrupt_all(const std::vector<HostCpu*>& targets, core::Core& by) {
  int written = kNoCluster;
  for (HostCpu* target : targets) {
    const int cluster = target->id() / core::InterruptParams::kCluster;
    if (std::exchange(written, cluster) != cluster) by.spend(params_.interrupts.ipi_send);
    target->interrupt_arrives_from(by, HostCpu::Interrupt::kReschedule);
  }
}

/// Latching alone does not make a CPU look: one that already has to needs no interrupt.
bool HostCpu::asks_for_interrupt() {
  return !std::exchange(need_resched_, true);
}

/// What was left for this CPU to commit itself, when it looks anew or, if it was to wait, when it
/// schedules with nothing better to run.
void HostCpu::commit_left_transaction(bool nothing_better) {
  if (!transaction_.ready()) return;
  const Transaction& t = transaction_.transaction();
  if (at_submission(t) || (at_schedule(t) && !nothing_better)) return;
  kernel_.commit_slot(*this, *this, Kernel::Caller::kAgent);
}

/// A commit for the own CPU gives it away; true if there was one.
bool HostCpu::act_on_own_commit() {
  if (!std::exchange(own_commit_, false)) return false;
  give_away_cpu();
  return true;
}

}  // namespace scheduling
