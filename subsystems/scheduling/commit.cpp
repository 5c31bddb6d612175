// SPDX-License-Identifier: Apache-2.0
// Kernel: committing a decision, in the order of ghost-kernel.md 5.
#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using namespace wave::scheduling;

namespace {

bool has(std::uint32_t flags, std::uint32_t flag) {
  return (flags & flag) != 0;
}

}  // namespace

TransactionState Kernel::commit(const Transaction& transaction, HostCpu& target, core::Core& by,
                                bool as_agent) {
  by.compute(params_.commit);
  by.touch(target.runqueue_, params_.runqueue_lines);
  if (Thread* thread = find(transaction.target))
    by.touch(thread->status_line, params_.status_lines);
  if (&by != &target.core()) by.sync();  // what a CPU commits for itself nobody else can change
  const TransactionState state = check(transaction, target, as_agent);
  if (state == kComplete) {
    ++stats_.commits;
    if (next_commit_) std::exchange(next_commit_, nullptr)();
    latch(transaction, target, by);
  } else {
    if (has(transaction.commit_flags, kIncAgentBarrierOnFailure)) ++target.agent_barrier_;
    refuse(state);
  }
  return state;
}

TransactionState Kernel::check(const Transaction& t, const HostCpu& target, bool as_agent) {
  TransactionState state = check_flags(t);
  if (state == kComplete) state = check_target(t, target);
  if (state == kComplete) state = check_cpu(t, target, as_agent);
  return state;
}

TransactionState Kernel::check_flags(const Transaction& t) const {
  constexpr std::uint32_t kBoth = kCommitAtSchedule | kCommitAtTxnCommit;
  if ((t.commit_flags & kBoth) == kBoth) return kInvalidFlags;
  if (has(t.run_flags, kRtlaOnIdle) && t.target < 0) return kInvalidFlags;
  if (has(t.commit_flags, kNeedCpuNotIdle) && t.target != kIdle) return kInvalidFlags;
  if (t.target == kAgent && t.run_flags != 0) return kInvalidFlags;
  return kComplete;
}

TransactionState Kernel::check_target(const Transaction& t, const HostCpu& target) {
  if (t.target < kIdle) return kInvalidTarget;
  if (t.target <= 0) return kComplete;
  const Thread* thread = find(t.target);
  if (thread == nullptr) return kTargetNotFound;
  if (thread->state == Thread::State::kDead || thread->gated() ||
      (thread->is_ghost() && thread->status.barrier != t.task_barrier))
    return kTargetStale;
  if (!thread->is_ghost()) return kInvalidTarget;
  if (thread->state != Thread::State::kRunnable) return kTargetNotRunnable;
  const bool allowed = has(t.commit_flags, kAllowTaskOncpu) && thread->cpu == target.id();
  if (thread->status.has(StatusWord::kOnCpu) && !allowed) return kTargetOncpu;
  return kComplete;
}

TransactionState Kernel::check_cpu(const Transaction& t, const HostCpu& target,
                                   bool as_agent) const {
  if (!enclave_.has_agent) return kNoAgent;
  if (!as_agent) return kNotPermitted;
  const bool fair_runs = target.current_ != nullptr && target.current_->is_fair();
  const bool occupied = (target.current_ != nullptr && !fair_runs) || target.latched_ != nullptr;
  if (occupied && has(t.commit_flags, kDoNotPreempt)) return kAgentStale;
  if (fair_runs && t.target > 0) return kCpuUnavail;
  return kComplete;
}

void Kernel::latch(const Transaction& t, HostCpu& target, core::Core& by) {
  if (!has(t.commit_flags, kElideAgentBarrierInc)) ++target.agent_barrier_;
  ++target.cpu_seqnum_;
  if (t.target == kAgent) return;  // no agent of this CPU's own to run
  Thread* thread = find(t.target);
  if (thread != nullptr && thread->latched_on != kNoCpu) cpu(thread->latched_on).latched_ = nullptr;
  Thread* const loser = std::exchange(target.latched_, thread);
  target.latched_idle_ = t.target == kIdle;
  target.must_resched_ = t.target == kUnschedule;
  target.run_flags_ = t.run_flags;
  target.elide_preempt_ = has(t.commit_flags, kElidePreempt);
  if (thread != nullptr) thread->latched_on = target.id();
  if (loser != nullptr) say_unlatched(*loser, target, by);
}

void Kernel::drop_latch(HostCpu& cpu, core::Core& by) {
  say_unlatched(*std::exchange(cpu.latched_, nullptr), cpu, by);
}

/// Last, because the message may have to wait for room: the agent can be gone before it is out.
void Kernel::say_unlatched(Thread& loser, HostCpu& cpu, core::Core& by) {
  loser.latched_on = kNoCpu;
  post(loser, MessageType::kTaskPreempt, by, cpu.messages(), cpu.id(), Message::kWasLatched);
}

}  // namespace scheduling
