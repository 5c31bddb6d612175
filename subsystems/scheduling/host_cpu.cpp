// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/host_cpu.h"

#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using core::Core;
using wave::scheduling::Message;
using wave::scheduling::MessageType;
using wave::scheduling::Outcome;
using wave::scheduling::Transaction;
using wave::scheduling::TransactionState;

HostCpu::HostCpu(Kernel& kernel, int id, core::Core& core, wave::Producer& messages,
                 wave::DecisionReader& slot)
    : kernel_(kernel),
      id_(id),
      core_(core),
      messages_(messages),
      slot_(slot),
      governor_(kernel.params().idle) {}

void HostCpu::start() {
  core_.start([this] { run(); });
}

void HostCpu::run() {
  answer(wave::scheduling::kComplete, true, core_);
  for (;;) {
    Thread* next = pick_next();
    if (next == nullptr) {
      idle();
    } else {
      if (next != current_) switch_to(*next);
      run_thread(*next);
    }
  }
}

// Picking what runs next, in the order of ghost-kernel.md 6

Thread* HostCpu::pick_next() {
  core_.compute(kernel_.params().pick_next);
  core_.touch(runqueue_, kernel_.params().runqueue_lines);
  if (departing_ != nullptr) publish_departure();
  if (latched_ == nullptr && !latched_idle_) look_for_staged_decision();

  Thread* previous = current_;
  const bool had_latch = latched_ != nullptr;
  const bool keep = previous != nullptr && previous->state == Thread::State::kRunnable;
  if (latched_ == nullptr && !latched_idle_ && keep && !must_resched_) return previous;
  if (keep && latched_ != previous) {
    leave(*previous, elide_preempt_ ? MessageType::kNone : MessageType::kTaskPreempt);
    publish_departure();
  }
  // Only now: while the message went out, another CPU may have been given the latched thread. Then
  // the agent has to know that this one has nothing.
  Thread* next = std::exchange(latched_, nullptr);
  if (next == nullptr && had_latch && !latched_idle_) answer(last_state_, true, core_);
  latched_idle_ = must_resched_ = elide_preempt_ = false;
  if (next != nullptr) next->latched_on = wave::scheduling::kNoCpu;
  return next;
}

/// Tells the agent about the thread that has stopped. Its status word shows it on the CPU until the
/// message is out.
void HostCpu::publish_departure() {
  Thread& thread = *std::exchange(departing_, nullptr);
  if (std::exchange(thread.new_message_due, false))
    kernel_.post(thread, MessageType::kTaskNew, core_, messages_, id_);
  if (departure_ != MessageType::kNone) kernel_.post(thread, departure_, core_, messages_, id_);
  clear_on_cpu(thread);
  thread.blocking = false;
  if (std::exchange(thread.woken_while_blocking, false))
    kernel_.activate(thread, core_, messages_, id_);
}

/// Stores leave the core in order: the status word changes when the message is out.
void HostCpu::clear_on_cpu(Thread& thread) {
  const sim::Time out = core_.stores_visible();
  if (out == core_.simulation().now()) return thread.status.clear(StatusWord::kOnCpu);
  core_.simulation().at(out, [&thread] { thread.status.clear(StatusWord::kOnCpu); });
}

/// COMMIT_AT_SCHEDULE: a decision may have been left for this moment.
void HostCpu::look_for_staged_decision() {
  if (held_) {
    const wave::Slot decision = *std::exchange(held_, std::nullopt);
    return commit_here(decision);
  }
  if (!kernel_.options().prestage) return;
  if (const auto decision =
          slot_.poll(core_, wave::scheduling::kTransactionWords, Core::Staleness::kIsExpected))
    return commit_here(*decision);
  core_.sync();  // an agent on the host may have committed meanwhile
  if (!has_work()) answer(last_state_, true, core_);
}

void HostCpu::commit_here(const wave::Slot& decision) {
  commit(decision, core_);
}

TransactionState HostCpu::commit(const wave::Slot& decision, Core& by) {
  const Transaction transaction = wave::scheduling::decode_transaction(decision);
  const TransactionState state = kernel_.commit(transaction, *this, by);
  last_sequence_ = static_cast<std::uint32_t>(decision[wave::kFlagWord]);
  answer(state, state != wave::scheduling::kComplete && !has_work(), by);
  return state;
}

bool HostCpu::commit_for_agent(Core& agent) {
  const auto decision =
      slot_.poll(agent, wave::scheduling::kTransactionWords, Core::Staleness::kIsAnError);
  return decision && commit(*decision, agent) == wave::scheduling::kComplete;
}

void HostCpu::answer(TransactionState state, bool idle, Core& by) {
  last_state_ = state;
  const Outcome outcome{.sequence = last_sequence_, .state = state, .idle = idle};
  slot_.answer(by, wave::scheduling::encode(outcome));
}

bool HostCpu::has_work() const {
  return latched_ != nullptr ||
         (current_ != nullptr && current_->state == Thread::State::kRunnable && !must_resched_);
}

// Running threads

void HostCpu::switch_to(Thread& next) {
  SIM_CHECK(next.state == Thread::State::kRunnable);
  SIM_CHECK(!next.status.has(StatusWord::kOnCpu));
  next.status.set(StatusWord::kOnCpu);
  next.cpu = id_;
  const KernelParams& params = kernel_.params();
  core_.touch(next.status_line, params.status_lines);
  core_.touch(next.context, params.context_lines);
  core_.compute(params.context_switch + params.return_to_user);
  next.status.switch_time = core_.now();
  current_ = &next;
  ++stats_.switches;
  // The line of the decision just used must not be what the next look finds.
  if (kernel_.options().prestage) slot_.discard(core_);
}

void HostCpu::run_thread(Thread& thread) {
  if (stopped_at_) {
    ++stats_.handovers;
    stats_.handover += core_.now() - *std::exchange(stopped_at_, std::nullopt);
  }
  for (;;) {
    const sim::Duration unfinished = std::exchange(thread.unfinished, sim::Duration{0});
    const bool goes_on = unfinished > sim::Duration{0};
    if (goes_on) thread.body->resume(core_);
    const Step step = goes_on ? Step{Step::Kind::kRun, unfinished} : thread.body->next(core_);
    switch (step.kind) {
      case Step::Kind::kRun:
        if (!execute(thread, step.work)) return;
        break;
      case Step::Kind::kBlock:
        if (block(thread)) return;
        break;
      case Step::Kind::kYield:
        return yield(thread);
      case Step::Kind::kExit:
        return exit(thread);
    }
  }
}

/// Runs the thread's code for `work`; false if it lost the CPU before the end.
bool HostCpu::execute(Thread& thread, sim::Duration work) {
  const sim::Duration whole = core_.scaled(work);
  sim::Duration left = whole;
  for (;;) {
    const sim::Time begin = core_.now();
    const bool interrupted = interrupt_pending() || core_.park_until(begin + left);
    const sim::Duration ran = core_.now() - begin;
    left -= ran;
    stats_.user += ran;
    thread.status.runtime += ran;
    if (!interrupted) return true;
    take_interrupts();
    if (latched_ != nullptr || latched_idle_ || must_resched_) break;
  }
  thread.unfinished = sim::Duration{
      static_cast<std::int64_t>(sim::detail::Int128{work.count()} * left.count() / whole.count())};
  return false;
}

bool HostCpu::block(Thread& thread) {
  stopped_at_ = core_.now();
  const KernelParams& params = kernel_.params();
  if (kernel_.options().prestage) slot_.prefetch(core_);
  core_.compute(params.syscall + params.futex_wait);
  thread.blocking = true;
  if (std::exchange(thread.woken_while_blocking, false)) {
    thread.blocking = false;
    stopped_at_.reset();
    if (kernel_.options().prestage) slot_.discard(core_);  // what was prefetched is old next time
    return false;
  }
  thread.state = Thread::State::kBlocked;
  thread.status.clear(StatusWord::kRunnable);
  leave(thread, MessageType::kTaskBlocked);
  return true;
}

void HostCpu::yield(Thread& thread) {
  stopped_at_ = core_.now();
  if (kernel_.options().prestage) slot_.prefetch(core_);
  core_.compute(kernel_.params().syscall);
  leave(thread, MessageType::kTaskYield);
}

void HostCpu::exit(Thread& thread) {
  stopped_at_ = core_.now();
  if (kernel_.options().prestage) slot_.prefetch(core_);
  core_.compute(kernel_.params().syscall);
  thread.state = Thread::State::kDead;  // from here on nobody wakes it
  thread.status.clear(StatusWord::kRunnable);
  leave(thread, MessageType::kTaskBlocked);
  publish_departure();
  thread.status.set(StatusWord::kCanFree);
  kernel_.post(thread, MessageType::kTaskDead, core_, messages_, id_);
}

void HostCpu::leave(Thread& thread, MessageType why) {
  departing_ = &thread;
  departure_ = why;
  current_ = nullptr;
}

// Interrupts and idleness

void HostCpu::interrupt(Interrupt what) {
  (what == Interrupt::kReschedule ? reschedule_pending_ : decision_pending_) = true;
  core_.unpark();
}

void HostCpu::finish_wakeup(Thread& thread) {
  to_wake_.push_back(&thread);
  core_.unpark();
}

void HostCpu::take_interrupts() {
  while (interrupt_pending()) {
    ++stats_.interrupts;
    core_.drain_write_combining();
    core_.spend(kernel_.params().interrupts.receive);
    reschedule_pending_ = false;
    wake_threads();
    if (std::exchange(decision_pending_, false)) look_at_slot();
    core_.spend(kernel_.params().interrupts.leave);
  }
}

void HostCpu::wake_threads() {
  while (!to_wake_.empty()) {
    Thread& thread = *to_wake_.front();
    to_wake_.erase(to_wake_.begin());
    kernel_.activate(thread, core_, messages_, id_);
  }
}

/// The agent says that there is a decision: this look must not find an old copy.
void HostCpu::look_at_slot() {
  slot_.refresh(core_);
  const auto decision =
      slot_.poll(core_, wave::scheduling::kTransactionWords, Core::Staleness::kIsAnError);
  if (!decision) return;
  const bool waits = (wave::scheduling::decode_transaction(*decision).commit_flags &
                      wave::scheduling::kCommitAtSchedule) != 0;
  if (waits && has_work())
    held_ = decision;
  else
    commit_here(*decision);
}

void HostCpu::idle() {
  const sim::Time begin = core_.now();
  governor_.enter();
  while (!interrupt_pending()) core_.park();
  const sim::Duration idle = core_.now() - begin;
  stats_.idle += idle;
  core_.spend(governor_.leave(idle));
  take_interrupts();
}

}  // namespace scheduling
