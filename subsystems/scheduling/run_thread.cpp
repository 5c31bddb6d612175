// SPDX-License-Identifier: Apache-2.0
// HostCpu: running threads until something stops them.
#include <utility>

#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/scheduling/kernel.h"

namespace scheduling {
namespace {

/// Rounded towards zero. Up to some milliseconds of each it is a division of 64 bits.
sim::Duration in_proportion(sim::Duration part, sim::Duration to, sim::Duration from) {
  std::int64_t product;
  if (!__builtin_mul_overflow(part.count(), to.count(), &product))
    return sim::Duration{product / from.count()};
  return sim::Duration{
      static_cast<std::int64_t>(sim::detail::Int128{part.count()} * to.count() / from.count())};
}

}  // namespace

using wave::scheduling::MessageType;

void HostCpu::run_thread(Thread& thread) {
  core_.does("run", wave::scheduling::tid_of(thread.gtid));
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
  sim::Duration whole = core_.scaled(work);
  progress_ = {.work = work, .left = whole};
  while (!need_resched_) {  // which a call of the thread's own may have set
    const sim::Duration whole_now = core_.scaled(work);  // the kernel may have left another speed
    if (whole_now != whole) progress_.left = in_proportion(progress_.left, whole_now, whole);
    progress_.since = core_.now();
    progress_.in_user = true;
    core_.does("thread", wave::scheduling::tid_of(thread.gtid));
    const bool interrupted = interrupt_pending() || core_.work(progress_.left);
    whole = core_.scaled(work);
    leave_user(thread);
    if (!interrupted) {
      stats_.work += work - progress_.counted;
      return true;
    }
    const sim::Duration done = work - to_do(progress_.left);
    stats_.work += done - std::exchange(progress_.counted, done);
    if (interrupt_pending() && thread.body->is_guest())
      core_.work_through(kernel_.params().vm_exit);
    take_interrupts();
    if (must_schedule()) break;
  }
  thread.unfinished = work - progress_.counted;
  return false;
}

void HostCpu::leave_user(Thread& thread) {
  const sim::Duration ran = core_.now() - progress_.since;
  progress_.in_user = false;
  stats_.user += ran;
  thread.status.runtime += ran;
}

/// Of the present step, what is still to do when `left` of its time is left; on the reference core.
sim::Duration HostCpu::to_do(sim::Duration left) const {
  return in_proportion(progress_.work, left, core_.scaled(progress_.work));
}

/// Whether a decision may lie ready for when this thread stops.
bool HostCpu::looks_ahead(const Thread& thread) const {
  return prestages() && thread.is_ghost() && kernel_.has_agent();
}

/// The thread has come to the end of what it wants to run and calls the kernel.
template <class... Durations>
void HostCpu::stop(Thread& thread, const Durations&... in_kernel) {
  stopped_at_ = core_.now();
  core_.does("stop", wave::scheduling::tid_of(thread.gtid));
  if (looks_ahead(thread)) slot_->prefetch(core_);
  core_.compute(in_kernel...);
}

bool HostCpu::block(Thread& thread) {
  const KernelParams& params = kernel_.params();
  stop(thread, params.syscall_entry, params.futex_wait);
  thread.blocking = true;
  if (std::exchange(thread.woken_while_blocking, false)) {
    thread.blocking = false;
    stopped_at_.reset();
    // What was prefetched is old next time.
    if (looks_ahead(thread)) slot_->discard(core_);
    core_.compute(params.syscall_exit);
    return false;
  }
  thread.state = Thread::State::kBlocked;
  sleep(thread);
  leave(thread, MessageType::kTaskBlocked);
  return true;
}

void HostCpu::yield(Thread& thread) {
  stop(thread, kernel_.params().syscall_entry);
  if (thread.is_fair()) return fair_.yield(core_.now());
  kernel_.unlatch(thread);
  leave(thread, MessageType::kTaskYield);
}

void HostCpu::exit(Thread& thread) {
  stop(thread, kernel_.params().syscall_entry);
  thread.state = Thread::State::kDead;  // from here on nobody wakes it
  sleep(thread);
  leave(thread, MessageType::kTaskBlocked);
  publish_departure();
  kernel_.ended(thread, core_, messages_, id_);
}

/// The thread leaves its run queue. If it was to go on here (ALLOW_TASK_ONCPU), its message tells
/// the agent that nothing came of that; so does the message of a thread that yields.
void HostCpu::sleep(Thread& thread) {
  kernel_.unlatch(thread);
  if (thread.is_ghost()) return thread.status.clear(StatusWord::kRunnable);
  core_.compute(kernel_.params().fair.enqueue);
  fair_.stop(core_.now());
}

}  // namespace scheduling
