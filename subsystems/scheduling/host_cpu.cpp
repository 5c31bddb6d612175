// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/host_cpu.h"

#include <algorithm>
#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using core::Core;
using wave::scheduling::MessageType;

namespace {

std::uint32_t edge_of(MessageType departure) {
  switch (departure) {
    case MessageType::kTaskPreempt:
      return wave::scheduling::kRtlaOnPreempt;
    case MessageType::kTaskBlocked:
      return wave::scheduling::kRtlaOnBlocked;
    case MessageType::kTaskYield:
      return wave::scheduling::kRtlaOnYield;
    default:
      return 0;
  }
}

}  // namespace

HostCpu::HostCpu(Kernel& kernel, int id, core::Core& core, wave::Producer* messages,
                 wave::DecisionReader* slot)
    : kernel_(kernel),
      id_(id),
      core_(core),
      messages_(messages),
      slot_(slot),
      governor_(kernel.params().idle),
      fair_(kernel.params().fair),
      address_space_(&kernel.own_address_space()),
      in_enclave_(slot != nullptr),
      tick_(core.simulation(), [this] { tick_is_due(); }),
      balance_{.usual_idle = 2 * kernel.params().fair.migration_cost} {}

CpuStats HostCpu::stats() const {
  CpuStats stats = stats_;
  if (idling_) stats.idle += std::max(core_.now() - idle_since_, sim::Duration{0});
  if (!progress_.in_user) return stats;
  const sim::Duration ran = std::max(core_.simulation().now() - progress_.since, sim::Duration{0});
  stats.user += ran;
  stats.work += progress_.work - to_do(progress_.left - ran) - progress_.counted;
  return stats;
}

void HostCpu::start() {
  core_.start([this] { run(); });
}

void HostCpu::run() {
  start_ticks();
  if (slot_ != nullptr) answer(wave::scheduling::kComplete, true, core_);
  for (;;) {
    schedule();
    run_agent();
  }
}

/// Runs threads until it is the agent's turn. An agent's program calls this, through the kernel,
/// when it gives its CPU away, so that its stack is below while others run.
void HostCpu::schedule() {
  for (;;) {
    Thread* next = pick_next();
    if (next == nullptr) {
      idle();
      continue;
    }
    if (next != current_) switch_to(*next);
    if (next == agent_) return;
    run_thread(*next);
  }
}

// Picking what runs next, in the order of ghost-kernel.md 6

Thread* HostCpu::pick_next() {
  core_.does("pick next");
  core_.compute(kernel_.params().pick_next);
  core_.touch(runqueue_, kernel_.params().runqueue_lines);
  if (departing_ != nullptr) publish_departure();
  if (std::exchange(need_resched_, false)) commit_left_transaction(false);
  if (agent_is_runnable()) return pick_agent();
  if (!fair_.empty()) make_way_for_fair();
  if (agent_is_runnable()) return pick_agent();  // it was told that its thread made way
  if (!fair_.empty()) return pick_fair();
  if (Thread* next = in_enclave() ? pick_ghost() : nullptr) return next;
  if (agent_is_runnable()) return pick_agent();
  if (!fair_.empty()) return pick_fair();  // its thread changed classes while its message went out
  if (kernel_.has_fair_threads() && kernel_.fair().balance_newly_idle(*this)) return pick_fair();
  return nullptr;
}

/// Nobody else is bound by what its commit asked for.
Thread* HostCpu::drop_latched() {
  elide_preempt_ = send_on_cpu_ = defer_preemption_ = false;
  return std::exchange(latched_, nullptr);
}

/// The fair class comes first: what the ghost class has on this CPU, or meant to run here, goes.
void HostCpu::make_way_for_fair() {
  if (latched_ != nullptr) kernel_.drop_latch(*this, core_);
  latched_idle_ = must_resched_ = elide_preempt_ = false;
  if (current_ == nullptr || !current_->is_ghost()) return;
  leave(*current_, MessageType::kTaskPreempt);
  publish_departure();
}

Thread* HostCpu::pick_fair() {
  core_.compute(kernel_.params().fair.enqueue);
  if (fair_.running() != nullptr) fair_.put_back(core_.now());
  return &fair_.pick(core_.now());
}

Thread* HostCpu::pick_ghost() {
  Thread* previous = current_ != nullptr && current_->is_ghost() ? current_ : nullptr;
  const bool keep = previous != nullptr && previous->state == Thread::State::kRunnable;
  if (latched_ == nullptr && !latched_idle_) {
    const bool free = !keep || must_resched_;
    if (slot_ != nullptr && free) look_for_staged_decision();
    commit_left_transaction(free);
  }
  const bool had_latch = latched_ != nullptr;
  if (latched_ == nullptr && !latched_idle_ && keep && !must_resched_) return previous;
  if (keep && latched_ != previous) {
    leave(*previous, elide_preempt_ ? MessageType::kNone : MessageType::kTaskPreempt);
    publish_departure();
  }
  // Only now: while the message went out, another CPU may have been given the latched thread. Then
  // the agent has to know that this one has nothing.
  Thread* next = std::exchange(latched_, nullptr);
  const bool told_to_idle = std::exchange(latched_idle_, false);
  if (next == nullptr && had_latch && !told_to_idle && slot_ != nullptr)
    answer(last_state_, true, core_);
  must_resched_ = elide_preempt_ = false;
  if (next != nullptr) next->latched_on = wave::scheduling::kNoCpu;
  if (next == nullptr && !told_to_idle) return_to_agent(wave::scheduling::kRtlaOnIdle);
  if (agent_is_runnable() && next != nullptr) {
    latched_ = next;  // it woke up meanwhile, and comes first
    next->latched_on = id_;
    return nullptr;
  }
  return next;
}

/// Tells the agent about the thread that has stopped. Its status word shows it on the CPU until the
/// message is out.
void HostCpu::publish_departure() {
  Thread& thread = *std::exchange(departing_, nullptr);
  publishing_ = &thread;
  if (thread.is_ghost()) {
    if (std::exchange(thread.new_message_due, false)) kernel_.post_new(thread, core_, messages_);
    if (departure_ != MessageType::kNone) kernel_.post(thread, departure_, core_, messages_, id_);
    // An agent has come since, and perhaps another while its message waited for room; what went out
    // before, if it went to anybody, went to its predecessor.
    while (std::exchange(thread.new_message_due, false)) kernel_.post_new(thread, core_, messages_);
    clear_on_cpu(thread);
    if (run_flags_ != 0) return_to_agent(edge_of(departure_));
  }
  publishing_ = nullptr;
  thread.blocking = false;
  if (std::exchange(thread.class_change_due, false))
    kernel_.set_class(thread, thread.is_ghost() ? SchedulingClass::kFair : SchedulingClass::kGhost,
                      core_, messages_);
  if (std::exchange(thread.woken_while_blocking, false))
    kernel_.activate(thread, core_, messages_, thread.waker_cpu);
}

/// Stores leave the core in order: the status word changes when the message is out.
void HostCpu::clear_on_cpu(Thread& thread) {
  const sim::Time out = core_.stores_visible();
  if (out == core_.simulation().now()) return thread.status.clear(StatusWord::kOnCpu);
  core_.simulation().at(out, [&thread] { thread.status.clear(StatusWord::kOnCpu); });
}

void HostCpu::switch_to(Thread& next) {
  SIM_CHECK(next.state == Thread::State::kRunnable);
  SIM_CHECK(!next.status.has(StatusWord::kOnCpu));
  next.cpu = id_;
  if (next.is_ghost()) next.status.set(StatusWord::kOnCpu);
  show_available(&next);
  const KernelParams& params = kernel_.params();
  core_.does("switch", wave::scheduling::tid_of(next.gtid));
  core_.touch(next.task_line, params.task_lines);
  next.write_status_word(core_);
  switch_address_space(kernel_.address_space(next));
  core_.touch(next.context, params.context_lines);
  core_.compute(params.context_switch);
  if (referred_to_ != nullptr) core_.touch(std::exchange(referred_to_, nullptr)->references);
  core_.compute(params.return_to_user);
  next.status.switch_time = core_.now();
  current_ = &next;
  ++stats_.switches;
  if (!next.is_ghost()) return;
  // The line of the decision just used must not be what the next look finds.
  if (prestages()) slot_->discard(core_);
  if (std::exchange(send_on_cpu_, false))
    kernel_.post(next, MessageType::kTaskOnCpu, core_, messages_, id_);
}

void HostCpu::switch_address_space(AddressSpace& next) {
  if (address_space_ == &next) return;
  core_.touch(address_space_->cpus);
  core_.touch(next.cpus);
  core_.look(next.references);
  core_.compute(kernel_.params().address_space);
  address_space_ = &next;
}

/// From what ran last. It stays referred to until something else runs.
void HostCpu::switch_to_idle() {
  if (referred_to_ != nullptr || address_space_ == &kernel_.own_address_space()) return;
  core_.does("switch to idle");
  referred_to_ = address_space_;
  core_.touch(referred_to_->references);
  if (!kernel_.params().lazy_tlb) switch_address_space(kernel_.own_address_space());
}

/// `next` comes; null: idleness. The agent's own turns are no news to it.
void HostCpu::show_available(const Thread* next) {
  const bool available = next == nullptr || !next->is_fair();
  if (agent_ != nullptr) agent_->status.set(StatusWord::kCpuAvailable, available);
  if (!available && std::exchange(tell_not_idle_, false))
    kernel_.post_about_cpu(*this, MessageType::kCpuNotIdle, core_);
  if ((next != nullptr && next->is_agent()) || available == available_) return;
  available_ = available;
  if (in_enclave() && kernel_.enclave().tunables.deliver_cpu_availability)
    kernel_.post_about_cpu(*this, available ? MessageType::kCpuAvailable : MessageType::kCpuBusy,
                           core_);
}

void HostCpu::leave(Thread& thread, MessageType why) {
  departing_ = &thread;
  departure_ = why;
  current_ = nullptr;
  thread.runnable_since = core_.now();
}

void HostCpu::take_over(Thread& thread) {
  fair_.add(thread, FairQueue::Arrival::kMoved);
  ++stats_.migrations;
}

}  // namespace scheduling
