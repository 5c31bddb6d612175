// SPDX-License-Identifier: Apache-2.0
// Kernel: one agent goes, another comes (docs/decisions/0013).
#include <algorithm>
#include <utility>

#include "native/kernel.h"

namespace native {

void Kernel::detach_agent() {
  const std::lock_guard guard(lock_);
  place_.reset();
  first_commit_.reset();
  overflowed_ = false;
  for (Cpu& cpu : cpus_) {
    if (cpu.latched != nullptr) std::exchange(cpu.latched, nullptr)->latched_on = kNoCpu;
    cpu.latched_idle = cpu.must_resched = cpu.elide_preempt = cpu.send_on_cpu = false;
    cpu.held.reset();
  }
  for (Thread& thread : threads_) thread.new_message_due = false;
  if (!options_.fallback) return;
  for (Thread& thread : threads_)
    if (thread.waits()) waiting_.push_back(&thread);
  std::ranges::stable_sort(waiting_, {}, &Thread::runnable_since);
  for (Cpu& cpu : cpus_)
    if (std::exchange(cpu.idle, false)) interrupts(cpu.id).raise(Interrupt::kWork);
}

/// Who runs is told of when it leaves its CPU, by the CPU.
void Kernel::attach_agent(int place, int queue) {
  const std::lock_guard guard(lock_);
  const Place its = layout_.place(place);
  place_ = place;
  agent_since_ = clock_.now();
  waiting_.clear();
  for (Cpu& cpu : cpus_) {
    cpu.messages.move_to(its.queue(cpu.id));
    cpu.slot.move_to(its.slot(cpu.id));
    cpu.last_sequence = 0;  // the new agent counts its decisions from one
    cpu.last_state = wave::scheduling::kComplete;
    interrupts(cpu.id).raise(Interrupt::kNewAgent);
  }
  for (std::size_t i = 0; i < others_.size(); ++i)
    others_[i].move_to(its.queue(cpus() + static_cast<int>(i)));
  for (Thread& thread : threads_) {
    if (thread.state == Thread::State::kDead) continue;
    thread.new_message_due = thread.on_cpu;
    if (!thread.on_cpu) post_new(thread, queue);
  }
}

/// Says whether it waits for a decision; if not, it will when it does.
void Kernel::greet_agent(Cpu& cpu) {
  answer(cpu, cpu.last_state, !has_work(cpu));
  cpu.idleness_untold = has_work(cpu);
}

bool Kernel::has_agent() const {
  const std::lock_guard guard(lock_);
  return place_.has_value();
}

std::optional<Instant> Kernel::first_commit() const {
  const std::lock_guard guard(lock_);
  return first_commit_;
}

bool Kernel::overflowed() const {
  const std::lock_guard guard(lock_);
  return overflowed_;
}

std::optional<Instant> Kernel::longest_wait() const {
  const std::lock_guard guard(lock_);
  std::optional<Instant> longest;
  for (const Thread& thread : threads_) {
    if (!thread.waits()) continue;
    const Instant wait = clock_.now() - std::max(thread.runnable_since, agent_since_);
    longest = std::max(longest.value_or(wait), wait);
  }
  return longest;
}

}  // namespace native
