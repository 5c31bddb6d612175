// SPDX-License-Identifier: Apache-2.0
// HostCpu: interrupts, ticks and idleness.
#include <algorithm>
#include <utility>

#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/scheduling/kernel.h"

namespace scheduling {

void HostCpu::interrupt(Interrupt what) {
  if (core_.observer() != nullptr) [[unlikely]]
    core_.observer()->interrupted(core_, static_cast<int>(what));
  pending_ |= static_cast<std::uint8_t>(what);
  core_.unpark();
}

void HostCpu::interrupt_from(core::Core& by, Interrupt what) {
  by.spend(kernel_.params().interrupts.ipi_send);
  interrupt_arrives_from(by, what);
}

void HostCpu::interrupt_arrives_from(core::Core& by, Interrupt what) {
  tell_interrupt(by, core_, what);
  by.simulation().at(by.now() + kernel_.ipi_flight(by, core_), [this, what] { interrupt(what); });
}

void HostCpu::reschedule(core::Core& by) {
  if (std::exchange(need_resched_, true) || &by == &core_) return;
  if (watches_flag_) return raise_flag(by, Interrupt::kReschedule);
  interrupt_from(by, Interrupt::kReschedule);
}

/// Should the CPU have left its idle state when the store gets there, it is interrupted after all.
void HostCpu::raise_flag(core::Core& by, Interrupt instead_of, Thread* to_wake) {
  by.touch(flag_);
  by.simulation().at(by.now(), [this, instead_of, to_wake] {
    if (to_wake != nullptr) wakeup_came(*to_wake);
    if (!watches_flag_) return interrupt(instead_of);
    flag_is_up_ = true;
    core_.unpark();
  });
}

void HostCpu::wakeup_came(Thread& thread) {
  --wakeups_coming_;
  to_wake_.push_back(&thread);
}

void HostCpu::finish_wakeup(Thread& thread) {
  wakeup_came(thread);
  interrupt(Interrupt::kWakeUp);
}

bool HostCpu::take(Interrupt what) {
  const auto bit = static_cast<std::uint8_t>(what);
  const bool pending = (pending_ & bit) != 0;
  pending_ &= static_cast<std::uint8_t>(~bit);
  return pending;
}

void HostCpu::take_interrupts() {
  while (interrupt_pending()) {
    ++stats_.interrupts;
    core_.does("take interrupt", pending_);
    core_.drain_write_combining();
    core_.spend(kernel_.params().interrupts.receive);
    take(Interrupt::kReschedule);
    if (take(Interrupt::kWakeUp)) wake_threads();
    if (take(Interrupt::kDecision)) look_at_slot();
    if (take(Interrupt::kTick)) tick();
    if (take(Interrupt::kTimer))
      kernel_.post_about_cpu(*this, wave::scheduling::MessageType::kCpuTimerExpired, core_);
    if (take(Interrupt::kBalance)) kernel_.fair().balance_at_tick(*this);
    if (take(Interrupt::kNewAgent)) greet_agent();
    core_.does("leave interrupt");
    core_.spend(kernel_.params().interrupts.leave);
  }
}

void HostCpu::wake_threads() {
  while (!to_wake_.empty()) {
    Thread& thread = *to_wake_.front();
    to_wake_.erase(to_wake_.begin());
    kernel_.activate(thread, core_, messages_, thread.waker_cpu);
  }
}

void HostCpu::idle() {
  show_available(nullptr);
  if (agent_is_runnable()) return;  // it was told so
  switch_to_idle();
  core_.does("idle");
  current_ = nullptr;
  idle_since_ = core_.now();
  idling_ = true;
  const core::IdleState state = governor_.enter(until_tick());
  watches_flag_ = kernel_.params().flag_wakes_pollers && state != core::IdleState::kC2;
  core_.halt(state);
  while (!interrupt_pending() && !flag_is_up_) core_.park();
  idling_ = watches_flag_ = false;
  const sim::Duration idle = core_.now() - idle_since_;
  stats_.idle += idle;
  core_.does("leave idleness");
  core_.spend(governor_.leave(idle, core_.gated()));
  core_.resume();
  if (kernel_.has_fair_threads()) kernel_.fair().note_idle(*this, idle);
  if (!tick_.armed()) start_ticks();
  if (std::exchange(flag_is_up_, false)) notice_flag();
  take_interrupts();
}

/// Its line comes over, and what an interrupt's handler would have done is done by the idle loop.
void HostCpu::notice_flag() {
  core_.touch(flag_);
  wake_threads();
}

// Ticks. All CPUs' ticks fall on the same instants; an idle CPU's has stopped unless told
// otherwise, which shows when it would be due: then nothing happens and it is not set again.

void HostCpu::start_ticks() {
  const sim::Duration period = kernel_.params().tick;
  if (period == sim::Duration{0} || kernel_.options().ticks == Ticks::kNever) return;
  const sim::Duration now = core_.simulation().now() - sim::Time{};
  tick_.arm_at(sim::Time{} + (now / period + 1) * period);
}

void HostCpu::tick_is_due() {
  if (idling_ && kernel_.options().ticks != Ticks::kAlways) return;
  interrupt(Interrupt::kTick);
  start_ticks();
}

/// What an idle CPU knows of its next tick.
sim::Duration HostCpu::until_tick() const {
  if (!tick_.armed() || kernel_.options().ticks != Ticks::kAlways)
    return core::IdleGovernor::kNoTimer;
  return std::max(tick_.due() - core_.now(), sim::Duration{0});
}

void HostCpu::tick() {
  ++stats_.ticks;
  core_.does("tick");
  core_.work_through(kernel_.params().tick_work);
  if (in_enclave()) kernel_.tick_of_enclave(*this);
  if (!kernel_.has_fair_threads()) return;
  fair_.account(core_.now());
  if (fair_.slice_is_over()) need_resched_ = true;
  kernel_.fair().balance_at_tick(*this);
}

}  // namespace scheduling
