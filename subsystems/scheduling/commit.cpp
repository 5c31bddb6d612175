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
                                Caller caller) {
  ++stats_.transactions;
  const int agent = agents_;
  by.does("commit", wave::scheduling::tid_of(transaction.target));
  by.compute(params_.commit);
  by.touch(target.runqueue_, params_.runqueue_lines);
  if (Thread* thread = find(transaction.target)) {
    by.touch(thread->task_line, params_.task_lines);
    thread->read_status_word(by);
  }
  // Nobody else can change what a CPU commits for itself, but others count up its agent's barrier.
  if (caller == Caller::kOwnAgent || &by != &target.core()) by.sync();
  // Whoever decided it may be gone by now, and another be there.
  const TransactionState state = agent == agents_ ? check(transaction, target, caller) : kNoAgent;
  if (state == kComplete) {
    ++stats_.commits;
    if (next_commit_) std::exchange(next_commit_, nullptr)();
    target.own_commit_ = caller == Caller::kOwnAgent && transaction.target != kAgent;
    // From here on whatever is posted wakes it, though it has yet to give its CPU away.
    if (target.own_commit_) target.block_agent();
    latch(transaction, target, by);
  } else {
    if (has(transaction.commit_flags, kIncAgentBarrierOnFailure)) ++target.agent_barrier_;
    stats_.refusals.count(state);
  }
  return state;
}

TransactionState Kernel::check(const Transaction& t, const HostCpu& target, Caller caller) {
  TransactionState state = check_flags(t);
  if (state == kComplete) state = check_target(t, target);
  if (state == kComplete) state = check_cpu(t, target, caller);
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
  if (thread->is_agent()) return kInvalidTarget;
  if (thread->state == Thread::State::kDead || thread->gated() ||
      (thread->is_ghost() && thread->status.barrier != t.task_barrier))
    return kTargetStale;
  if (!thread->is_ghost()) return kInvalidTarget;
  if (thread->state != Thread::State::kRunnable) return kTargetNotRunnable;
  const bool allowed = has(t.commit_flags, kAllowTaskOncpu) && thread->cpu == target.id();
  if (thread->status.has(StatusWord::kOnCpu) && !allowed) return kTargetOncpu;
  return kComplete;
}

TransactionState Kernel::check_cpu(const Transaction& t, const HostCpu& target, Caller caller) {
  if (!target.in_enclave()) return kInvalidCpu;
  if (t.target > 0 && !find(t.target)->affinity[static_cast<std::size_t>(target.id())])
    return kInvalidCpu;
  const bool watched = target.slot_ != nullptr || target.has_agent();
  if (!enclave_.has_agent || !watched) return kNoAgent;
  if (caller == Caller::kNobody) return kNotPermitted;
  const bool fair_runs = target.current_ != nullptr && target.current_->is_fair();
  const bool ghost_runs = target.current_ != nullptr && target.current_->is_ghost();
  const bool occupied = ghost_runs || target.latched_ != nullptr;
  if (occupied && has(t.commit_flags, kDoNotPreempt)) return kAgentStale;
  if (fair_runs && t.target > 0) return kCpuUnavail;
  // Only an agent that commits for its own CPU is held to its own barrier.
  if (caller == Caller::kOwnAgent && t.agent_barrier != target.agent_barrier_) return kAgentStale;
  return kComplete;
}

void Kernel::latch(const Transaction& t, HostCpu& target, core::Core& by) {
  if (!has(t.commit_flags, kElideAgentBarrierInc)) ++target.agent_barrier_;
  ++target.cpu_seqnum_;
  if (t.target == kAgent) return target.wake_agent(by);
  Thread* thread = find(t.target);
  if (thread != nullptr) unlatch(*thread);
  Thread* const loser = std::exchange(target.latched_, thread);
  target.latched_idle_ = t.target == kIdle;
  target.must_resched_ = t.target == kUnschedule;
  target.run_flags_ = t.run_flags;
  target.elide_preempt_ = has(t.commit_flags, kElidePreempt);
  target.send_on_cpu_ = has(t.commit_flags, kSendTaskOnCpu);
  target.defer_preemption_ = has(t.commit_flags, kDeferLatchedPreemptionByAgent);
  target.tell_not_idle_ = has(t.commit_flags, kNeedCpuNotIdle);
  if (thread != nullptr) thread->latched_on = target.id();
  if (loser != nullptr) say_unlatched(*loser, target, by);
}

void Kernel::unlatch(Thread& thread) {
  if (thread.latched_on == kNoCpu) return;
  cpu(thread.latched_on).drop_latched();
  thread.latched_on = kNoCpu;
}

void Kernel::drop_latch(HostCpu& cpu, core::Core& by) {
  say_unlatched(*cpu.drop_latched(), cpu, by);
}

/// Last, because the message may have to wait for room: the agent can be gone before it is out.
void Kernel::say_unlatched(Thread& loser, HostCpu& cpu, core::Core& by) {
  loser.latched_on = kNoCpu;
  post(loser, MessageType::kTaskPreempt, by, cpu.messages(), cpu.id(), Message::kWasLatched);
}

}  // namespace scheduling
