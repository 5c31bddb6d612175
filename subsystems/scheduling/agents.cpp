// SPDX-License-Identifier: Apache-2.0
// Kernel: agents on the CPUs that they schedule, their queues, and what else the enclave may tell
// them (ghost-kernel.md 3, 4, 7).
#include <algorithm>
#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using wave::scheduling::Association;
using wave::scheduling::kNoCpu;
using wave::scheduling::MessageType;

void Kernel::attach_agent(HostCpu& cpu, std::function<void()> program, Queue& queue) {
  Thread& agent = threads_.emplace_back();
  agent.gtid = wave::scheduling::make_gtid(static_cast<std::int64_t>(threads_.size()), 1);
  agent.scheduled_by = SchedulingClass::kAgent;
  agent.process = kAgentsProcess;
  agent.state = Thread::State::kRunnable;
  take_status_word(agent);
  agent.status.set(StatusWord::kIsAgent | StatusWord::kCpuAvailable);
  cpu.attach_agent(agent, std::move(program), queue);
}

bool Kernel::ping(int cpu, core::Core& by) {
  if (cpu < 0 || cpu >= cpus() || !this->cpu(cpu).has_agent()) return false;
  this->cpu(cpu).wake_agent(by);
  return true;
}

// Queues

Association Kernel::associate(Gtid gtid, Queue& queue, Barrier barrier, core::Core& by) {
  using Result = Association::Result;
  Thread* const thread = find(gtid);
  if (thread == nullptr || thread->state == Thread::State::kDead || thread->is_fair() ||
      thread->gated())
    return {.result = Result::kNoThread};
  by.touch(thread->task_line, params_.task_lines);
  thread->read_status_word(by);
  by.sync();
  if (thread->is_agent()) {
    HostCpu& own = cpu(thread->cpu);
    if (own.agent_barrier_ != barrier) return {.result = Result::kStale};
    return {.was_there = std::exchange(own.agent_queue_, &queue) == &queue};
  }
  if (thread->status.barrier != barrier) return {.result = Result::kStale};
  return {.was_there = std::exchange(thread->queue, &queue) == &queue,
          .new_pending = thread->new_message_due};
}

void Kernel::set_wake_up(Queue& queue, std::array<int, 2> cpus, core::Core& by) {
  const std::array<int, 2> before = std::exchange(queue.wake_up, cpus);
  for (const int cpu : cpus)
    if (cpu != kNoCpu && std::ranges::find(before, cpu) == before.end()) ping(cpu, by);
}

// Ticks and timers

void Kernel::tick_of_enclave(HostCpu& cpu) {
  const Thread* current = cpu.current_;
  if (cpu.defer_preemption_ && cpu.latched_ != nullptr && current == cpu.agent_ &&
      current != nullptr)
    drop_latch(cpu, cpu.core());
  if (enclave_.tunables.deliver_ticks && current != nullptr && !current->is_fair())
    post_about_cpu(cpu, MessageType::kCpuTick, cpu.core());
  if (enclave_.tunables.commit_at_tick) cpu.commit_left_transaction(false);
  check_runnable_timeout(cpu.core());
}

void Kernel::arm_timer(HostCpu& cpu, sim::Time when) {
  cpu.core().simulation().at(when, [&cpu] { cpu.interrupt(HostCpu::Interrupt::kTimer); });
}

// The enclave's patience: an agent that lets a thread wait for too long has lost its way.

bool Kernel::anyone_waits() const {
  return std::ranges::any_of(threads_, [](const Thread& t) { return t.waits_for_agent(); });
}

void Kernel::check_runnable_timeout(core::Core& by) {
  if (!enclave_.has_agent || enclave_.tunables.runnable_timeout == sim::Duration{0}) return;
  by.compute(params_.activate);
  const sim::Time now = by.now();
  if (std::ranges::none_of(threads_, [&](const Thread& t) { return waits_too_long(t, now); }))
    return;
  if (late_agent_)
    late_agent_();
  else
    destroy_enclave(by);
}

/// What a thread waited before there was this agent is not the agent's fault. One that is latched
/// waits as well.
bool Kernel::waits_too_long(const Thread& thread, sim::Time now) const {
  const sim::Time since = std::max(thread.runnable_since, enclave_.agent_since);
  return thread.waits_for_agent() && now - since >= enclave_.tunables.runnable_timeout;
}

// Attributes

void Kernel::set_affinity(Thread& thread, const CpuSet& cpus, core::Core& by,
                          wave::Producer* messages) {
  by.touch(thread.task_line, params_.task_lines);
  thread.affinity = cpus;
  if (thread.is_fair()) return;  // it moves when it next wakes up
  if (!thread.new_message_due)
    post(thread, MessageType::kTaskAffinityChanged, by, messages, thread.cpu);
  const int latched = thread.latched_on;
  if (latched != kNoCpu && !cpus[static_cast<std::size_t>(latched)]) drop_latch(cpu(latched), by);
  force_off(thread, by);
}

void Kernel::set_nice(Thread& thread, int nice, core::Core& by, wave::Producer* messages) {
  by.touch(thread.task_line, params_.task_lines);
  if (thread.fair.queued) {
    cpu(thread.cpu).fair_.set_nice(thread, nice, by.now());
    return;
  }
  thread.fair.nice = nice;
  if (!thread.is_ghost()) return;
  if (!thread.new_message_due)
    post(thread, MessageType::kTaskPriorityChanged, by, messages, thread.cpu);
  force_off(thread, by);
}

/// A running thread of the ghost class loses its CPU, and its agent decides anew.
void Kernel::force_off(Thread& thread, core::Core& by) {
  if (thread.cpu == kNoCpu || cpu(thread.cpu).current_ != &thread) return;
  cpu(thread.cpu).must_resched_ = true;
  cpu(thread.cpu).reschedule(by);
}

}  // namespace scheduling
