// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/kernel.h"

#include <utility>

namespace scheduling {

using wave::scheduling::Message;
using wave::scheduling::MessageType;
using wave::scheduling::Transaction;
using wave::scheduling::TransactionState;

namespace {

bool has(std::uint32_t flags, std::uint32_t flag) {
  return (flags & flag) != 0;
}

}  // namespace

HostCpu& Kernel::add_cpu(core::Core& core, wave::Producer& messages, wave::DecisionReader& slot) {
  return *cpus_.emplace_back(std::make_unique<HostCpu>(*this, cpus(), core, messages, slot));
}

void Kernel::start() {
  for (const auto& cpu : cpus_) cpu->start();
}

// Threads and their messages

Thread& Kernel::enter(ThreadBody& body, bool runnable, core::Core& by, wave::Producer& messages) {
  Thread& thread = threads_.emplace_back();
  thread.gtid = wave::scheduling::make_gtid(static_cast<std::int64_t>(threads_.size()), 1);
  thread.body = &body;
  thread.state = runnable ? Thread::State::kRunnable : Thread::State::kBlocked;
  if (runnable) thread.status.set(StatusWord::kRunnable);
  by.touch(thread.context, params_.context_lines);
  post(thread, MessageType::kTaskNew, by, messages, wave::scheduling::kNoCpu,
       runnable ? Message::kRunnable : 0);
  return thread;
}

void Kernel::wake(Thread& thread, core::Core& by, wave::Producer& messages, int waker_cpu) {
  by.compute(params_.syscall + params_.futex_wake);
  by.touch(thread.status_line, params_.status_lines);
  // Not asleep yet: it finds out before it sleeps, or when it has left its CPU.
  if (thread.blocking || thread.state == Thread::State::kRunnable)
    thread.woken_while_blocking = true;
  else if (wakes_remotely(thread, by))
    send_wakeup(thread, by);
  else
    activate(thread, by, messages, waker_cpu);
}

bool Kernel::wakes_remotely(const Thread& thread, const core::Core& by) {
  if (!params_.wake_remotely || thread.cpu == wave::scheduling::kNoCpu) return false;
  const sim::Duration apart = by.domain().transfer(by.index(), cpu(thread.cpu).core().index());
  return apart > by.domain().params().shared_cache_within;
}

void Kernel::send_wakeup(Thread& thread, core::Core& by) {
  by.spend(params_.interrupts.ipi_send);
  HostCpu& target = cpu(thread.cpu);
  by.simulation().at(by.now() + ipi_flight(by, target.core()),
                     [&target, &thread] { target.finish_wakeup(thread); });
}

sim::Duration Kernel::ipi_flight(const core::Core& from, const core::Core& to) const {
  const memory::Domain& host = from.domain();
  return params_.interrupts.deliver(host.node(from.index()) != host.node(to.index()));
}

void Kernel::activate(Thread& thread, core::Core& by, wave::Producer& messages, int cpu) {
  by.compute(params_.activate);
  by.touch(thread.status_line, params_.status_lines);
  if (thread.state != Thread::State::kBlocked) return;
  thread.state = Thread::State::kRunnable;
  thread.status.set(StatusWord::kRunnable);
  post(thread, MessageType::kTaskWakeup, by, messages, cpu);
}

void Kernel::post(Thread& thread, MessageType type, core::Core& by, wave::Producer& messages,
                  int cpu, std::uint32_t flags) {
  by.compute(params_.message);
  const bool wakeup = type == MessageType::kTaskWakeup;
  const Message message{.type = type,
                        .seqnum = ++thread.status.barrier,
                        .gtid = thread.gtid,
                        .cpu = wakeup ? thread.cpu : cpu,
                        .waker_cpu = wakeup ? cpu : wave::scheduling::kNoCpu,
                        .runtime_ns = thread.status.runtime.count() / 1000,
                        .flags = flags};
  if (thread.status.has(StatusWord::kMessageGated)) return;
  // The flag is the queue's to set.
  if (messages.send(by, encode(message, wave::kFree)))
    ++stats_.messages;
  else
    ++stats_.overflows;
}

Thread* Kernel::find(Gtid gtid) {
  const std::int64_t tid = wave::scheduling::tid_of(gtid);
  if (tid < 1 || tid > std::ssize(threads_)) return nullptr;
  Thread& thread = threads_[static_cast<std::size_t>(tid - 1)];
  return thread.gtid == gtid ? &thread : nullptr;
}

// Decisions

TransactionState Kernel::commit(const Transaction& transaction, HostCpu& target, core::Core& by,
                                bool as_agent) {
  by.compute(params_.commit);
  by.touch(target.runqueue_, params_.runqueue_lines);
  if (Thread* thread = find(transaction.target))
    by.touch(thread->status_line, params_.status_lines);
  if (&by != &target.core()) by.sync();  // what a CPU commits for itself nobody else can change
  TransactionState state = check_flags(transaction);
  if (state == wave::scheduling::kComplete) state = check_target(transaction, target);
  if (state == wave::scheduling::kComplete && !as_agent) state = wave::scheduling::kNotPermitted;
  const bool occupied = target.current_ != nullptr || target.latched_ != nullptr;
  if (state == wave::scheduling::kComplete && occupied &&
      has(transaction.commit_flags, wave::scheduling::kDoNotPreempt))
    state = wave::scheduling::kAgentStale;
  if (state == wave::scheduling::kComplete) {
    latch(transaction, target, by);
    ++stats_.commits;
  } else {
    if (has(transaction.commit_flags, wave::scheduling::kIncAgentBarrierOnFailure))
      ++target.agent_barrier_;
    ++stats_.refusals;
  }
  return state;
}

TransactionState Kernel::check_flags(const Transaction& t) const {
  using namespace wave::scheduling;
  constexpr std::uint32_t kBoth = kCommitAtSchedule | kCommitAtTxnCommit;
  if ((t.commit_flags & kBoth) == kBoth) return kInvalidFlags;
  if (has(t.run_flags, kRtlaOnIdle) && t.target < 0) return kInvalidFlags;
  if (has(t.commit_flags, kNeedCpuNotIdle) && t.target != kIdle) return kInvalidFlags;
  if (t.target == kAgent && t.run_flags != 0) return kInvalidFlags;
  return kComplete;
}

TransactionState Kernel::check_target(const Transaction& t, const HostCpu& target) {
  using namespace wave::scheduling;
  if (t.target < kIdle) return kInvalidTarget;
  if (t.target <= 0) return kComplete;
  const Thread* thread = find(t.target);
  if (thread == nullptr) return kTargetNotFound;
  if (thread->state == Thread::State::kDead || thread->state == Thread::State::kDeparted ||
      thread->status.barrier != t.task_barrier)
    return kTargetStale;
  if (thread->state != Thread::State::kRunnable) return kTargetNotRunnable;
  const bool allowed = has(t.commit_flags, kAllowTaskOncpu) && thread->cpu == target.id();
  if (thread->status.has(StatusWord::kOnCpu) && !allowed) return kTargetOncpu;
  return kComplete;
}

void Kernel::latch(const Transaction& t, HostCpu& target, core::Core& by) {
  using namespace wave::scheduling;
  if (!has(t.commit_flags, kElideAgentBarrierInc)) ++target.agent_barrier_;
  ++target.cpu_seqnum_;
  if (t.target == kAgent) return;  // no agent of this CPU's own to run
  Thread* thread = find(t.target);
  if (thread != nullptr && thread->latched_on != kNoCpu) cpu(thread->latched_on).latched_ = nullptr;
  if (target.latched_ != nullptr) drop_latch(target, by);
  target.latched_ = thread;
  target.latched_idle_ = t.target == kIdle;
  target.must_resched_ = t.target == kUnschedule;
  target.run_flags_ = t.run_flags;
  target.elide_preempt_ = has(t.commit_flags, kElidePreempt);
  if (thread != nullptr) thread->latched_on = target.id();
}

/// A thread that was to run next and now is not: its agent has to know.
void Kernel::drop_latch(HostCpu& cpu, core::Core& by) {
  Thread& loser = *std::exchange(cpu.latched_, nullptr);
  loser.latched_on = wave::scheduling::kNoCpu;
  post(loser, MessageType::kTaskPreempt, by, cpu.messages(), cpu.id(), Message::kWasLatched);
}

}  // namespace scheduling
