// SPDX-License-Identifier: Apache-2.0
// Kernel: the CPUs' decision slots, and committing what is in them
// (subsystems/scheduling/commit.cpp and cpu_decisions.cpp).
#include <utility>

#include "native/kernel.h"
#include "native/sleep_flag.h"

namespace native {

using namespace wave::scheduling;

namespace {

bool has(std::uint32_t flags, std::uint32_t flag) {
  return (flags & flag) != 0;
}

}  // namespace

/// COMMIT_AT_SCHEDULE: a decision may have been left for this moment.
void Kernel::look_for_staged_decision(Cpu& cpu) {
  if (!place_) return;
  if (cpu.held) return commit_here(cpu, *std::exchange(cpu.held, std::nullopt));
  if (!options_.prestage) {
    if (cpu.idleness_untold && !has_work(cpu)) answer(cpu, cpu.last_state, true);
    return;
  }
  if (const auto decision = cpu.slot.poll(kTransactionWords)) return commit_here(cpu, *decision);
  if (!has_work(cpu)) answer(cpu, cpu.last_state, true);
}

/// The agent says that there is a decision.
void Kernel::look_at_slot(Cpu& cpu) {
  const auto decision = cpu.slot.poll(kTransactionWords);
  if (!decision) return;
  if (has(decode_transaction(*decision).commit_flags, kCommitAtSchedule) && has_work(cpu))
    cpu.held = decision;
  else
    commit_here(cpu, *decision);
}

void Kernel::commit_here(Cpu& cpu, const wave::Slot& decision) {
  const TransactionState state = commit(decode_transaction(decision), cpu);
  cpu.last_sequence = static_cast<std::uint32_t>(decision[wave::kFlagWord]);
  answer(cpu, state, state != kComplete && !has_work(cpu));
}

void Kernel::answer(Cpu& cpu, TransactionState state, bool idle) {
  cpu.last_state = state;
  cpu.idleness_untold = false;
  cpu.slot.answer(encode(Outcome{.sequence = cpu.last_sequence, .state = state, .idle = idle}));
  SleepFlag(memory_.half(layout_.place(*place_).asleep())).wake();
}

bool Kernel::has_work(const Cpu& cpu) {
  return cpu.latched != nullptr || (cpu.current != nullptr && !cpu.must_resched);
}

TransactionState Kernel::commit(const Transaction& transaction, Cpu& target) {
  ++stats_.transactions;
  const TransactionState state = check(transaction, target);
  if (state != kComplete) {
    stats_.refusals.count(state);
    return state;
  }
  ++stats_.commits;
  if (!first_commit_) first_commit_ = clock_.now();
  latch(transaction, target);
  return state;
}

TransactionState Kernel::check(const Transaction& t, const Cpu& target) {
  TransactionState state = check_flags(t);
  if (state == kComplete) state = check_target(t, target);
  if (state == kComplete) state = check_cpu(t, target);
  return state;
}

TransactionState Kernel::check_flags(const Transaction& t) const {
  constexpr std::uint32_t kBoth = kCommitAtSchedule | kCommitAtTxnCommit;
  if ((t.commit_flags & kBoth) == kBoth) return kInvalidFlags;
  if (has(t.run_flags, kRtlaOnIdle) && t.target < 0) return kInvalidFlags;
  if (has(t.commit_flags, kNeedCpuNotIdle) && t.target != kIdle) return kInvalidFlags;
  return kComplete;
}

/// No CPU here has an agent of its own that could be chosen.
TransactionState Kernel::check_target(const Transaction& t, const Cpu& target) {
  if (t.target < kIdle || t.target == kAgent) return kInvalidTarget;
  if (t.target <= 0) return kComplete;
  const Thread* thread = find(t.target);
  if (thread == nullptr) return kTargetNotFound;
  if (thread->state == Thread::State::kDead || thread->barrier != t.task_barrier)
    return kTargetStale;
  if (thread->state != Thread::State::kRunnable) return kTargetNotRunnable;
  const bool allowed = has(t.commit_flags, kAllowTaskOncpu) && thread->cpu == target.id;
  if (thread->on_cpu && !allowed) return kTargetOncpu;
  return kComplete;
}

TransactionState Kernel::check_cpu(const Transaction& t, const Cpu& target) const {
  if (!place_) return kNoAgent;
  const bool occupied = target.current != nullptr || target.latched != nullptr;
  return occupied && has(t.commit_flags, kDoNotPreempt) ? kAgentStale : kComplete;
}

void Kernel::latch(const Transaction& t, Cpu& target) {
  Thread* const thread = find(t.target);
  if (thread != nullptr && thread->latched_on != kNoCpu)
    cpu_at(thread->latched_on).latched = nullptr;
  Thread* const loser = std::exchange(target.latched, thread);
  target.latched_idle = t.target == kIdle;
  target.must_resched = t.target == kUnschedule;
  target.elide_preempt = has(t.commit_flags, kElidePreempt);
  target.send_on_cpu = has(t.commit_flags, kSendTaskOnCpu);
  if (thread != nullptr) thread->latched_on = target.id;
  if (loser == nullptr || loser == thread) return;
  loser->latched_on = kNoCpu;
  post(*loser, MessageType::kTaskPreempt, target.id, target.id, Message::kWasLatched);
}

}  // namespace native
