// SPDX-License-Identifier: Apache-2.0
#include "native/kernel.h"

#include <algorithm>
#include <utility>

#include "native/sleep_flag.h"
#include "native/worker.h"
#include "sim/check.h"

namespace native {

using wave::scheduling::Message;
using wave::scheduling::MessageType;

Kernel::Kernel(Words memory, const Layout& layout, const Clock& clock, const KernelOptions& options)
    : memory_(memory), layout_(layout), clock_(clock), options_(options) {
  const Place first = layout.place(0);
  for (int i = 0; i < layout.shape().cpus; ++i)
    cpus_.push_back({.id = i,
                     .messages = Producer(memory, first.queue(i)),
                     .slot = DecisionReader(memory, first.slot(i))});
  for (int i = cpus(); i < layout.shape().queues; ++i) others_.emplace_back(memory, first.queue(i));
}

// Threads

Thread& Kernel::enter(std::function<void(Self&)> body, bool runnable, int queue) {
  const std::lock_guard guard(lock_);
  Thread& thread = threads_.emplace_back();
  thread.gtid = wave::scheduling::make_gtid(static_cast<std::int64_t>(threads_.size()), 1);
  thread.state = runnable ? Thread::State::kRunnable : Thread::State::kBlocked;
  thread.context = make_context(thread, std::move(body));
  post_new(thread, queue);
  if (runnable) begin_to_wait(thread);
  return thread;
}

void Kernel::wake(Thread& thread, int queue, int waker) {
  const std::lock_guard guard(lock_);
  // Not asleep yet: it finds out before it sleeps.
  if (thread.state == Thread::State::kRunnable)
    thread.woken_while_running = true;
  else if (thread.state == Thread::State::kBlocked)
    activate(thread, queue, waker);
}

void Kernel::activate(Thread& thread, int queue, int waker) {
  thread.state = Thread::State::kRunnable;
  post(thread, MessageType::kTaskWakeup, queue, waker);
  begin_to_wait(thread);
}

/// For an agent's decision; or, without an agent, for its turn.
void Kernel::begin_to_wait(Thread& thread) {
  thread.runnable_since = clock_.now();
  if (place_ || !options_.fallback) return;
  waiting_.push_back(&thread);
  for (Cpu& cpu : cpus_) {
    if (!std::exchange(cpu.idle, false)) continue;
    interrupts(cpu.id).raise(Interrupt::kWork);
    return;
  }
}

Thread* Kernel::find(Gtid gtid) {
  const std::int64_t tid = wave::scheduling::tid_of(gtid);
  if (tid < 1 || tid > std::ssize(threads_)) return nullptr;
  Thread& thread = threads_[static_cast<std::size_t>(tid - 1)];
  return thread.gtid == gtid ? &thread : nullptr;
}

// Picking what runs next

Thread* Kernel::pick_next(int id) {
  const std::lock_guard guard(lock_);
  Cpu& cpu = cpu_at(id);
  Thread* const next = place_ || !options_.fallback ? pick_decided(cpu) : pick_fallback(cpu);
  if (next != nullptr && next != cpu.current) switch_to(*next, cpu);
  cpu.idle = next == nullptr;
  return next;
}

Thread* Kernel::pick_decided(Cpu& cpu) {
  const bool keep = cpu.current != nullptr;  // it would go on
  if (cpu.latched == nullptr && !cpu.latched_idle) look_for_staged_decision(cpu);
  if (cpu.latched == nullptr && !cpu.latched_idle && keep && !cpu.must_resched) return cpu.current;
  if (keep && cpu.latched != cpu.current)
    leave(cpu, cpu.elide_preempt ? MessageType::kNone : MessageType::kTaskPreempt);
  Thread* const next = std::exchange(cpu.latched, nullptr);
  cpu.latched_idle = cpu.must_resched = cpu.elide_preempt = false;
  if (next != nullptr) next->latched_on = kNoCpu;
  return next;
}

/// Nobody decides: whoever waits longest, to completion.
Thread* Kernel::pick_fallback(Cpu& cpu) {
  if (cpu.current != nullptr) return cpu.current;
  if (waiting_.empty()) return nullptr;
  Thread* const next = waiting_.front();
  waiting_.pop_front();
  return next;
}

void Kernel::switch_to(Thread& next, Cpu& cpu) {
  SIM_CHECK(next.waits());
  SIM_CHECK(cpu.current == nullptr);
  next.cpu = cpu.id;
  next.on_cpu = true;
  cpu.current = &next;
  ++cpu.stats.switches;
  if (cpu.stopped_at) {
    ++cpu.stats.handovers;
    cpu.stats.handover += clock_.now() - *std::exchange(cpu.stopped_at, std::nullopt);
  }
  if (std::exchange(cpu.send_on_cpu, false)) post(next, MessageType::kTaskOnCpu, cpu.id, cpu.id);
}

bool Kernel::stopped(int id, Stop why) {
  const std::lock_guard guard(lock_);
  Cpu& cpu = cpu_at(id);
  Thread& thread = *cpu.current;
  if (why == Stop::kBlock && std::exchange(thread.woken_while_running, false)) return false;
  cpu.stopped_at = clock_.now();
  if (why == Stop::kYield) {
    leave(cpu, MessageType::kTaskYield);
    return true;
  }
  thread.state = why == Stop::kExit ? Thread::State::kDead : Thread::State::kBlocked;
  leave(cpu, MessageType::kTaskBlocked);
  if (why == Stop::kExit) post(thread, MessageType::kTaskDead, cpu.id, cpu.id);
  return true;
}

/// Tells the agent about the thread that leaves its CPU, which is without a thread from here on. An
/// agent that came while the thread ran hears of it now.
void Kernel::leave(Cpu& cpu, MessageType why) {
  Thread& thread = *std::exchange(cpu.current, nullptr);
  if (std::exchange(thread.new_message_due, false)) post_new(thread, cpu.id);
  if (why != MessageType::kNone) post(thread, why, cpu.id, cpu.id);
  thread.on_cpu = false;
  if (thread.state == Thread::State::kRunnable) begin_to_wait(thread);
}

bool Kernel::take_interrupts(int id) {
  const std::uint32_t pending = interrupts(id).take();
  const auto has = [pending](Interrupt what) {
    return (pending & static_cast<std::uint32_t>(what)) != 0;
  };
  const std::lock_guard guard(lock_);
  Cpu& cpu = cpu_at(id);
  if (pending != 0) ++cpu.stats.interrupts;
  if (has(Interrupt::kStop)) cpu.stopping = true;
  if (has(Interrupt::kDecision) && place_) look_at_slot(cpu);
  if (has(Interrupt::kNewAgent) && place_) greet_agent(cpu);
  return must_schedule(cpu);
}

void Kernel::stop() {
  for (int i = 0; i < cpus(); ++i) interrupts(i).raise(Interrupt::kStop);
}

// Messages

Producer& Kernel::producer(int queue) {
  if (queue < cpus()) return cpu_at(queue).messages;
  return others_[static_cast<std::size_t>(queue - cpus())];
}

/// The thread's number moves first, and moves even if nobody is told.
void Kernel::post(Thread& thread, MessageType type, int queue, int cpu, std::uint32_t flags) {
  ++thread.barrier;
  const bool wakeup = type == MessageType::kTaskWakeup;
  deliver({.type = type,
           .seqnum = thread.barrier,
           .gtid = thread.gtid,
           .cpu = wakeup ? thread.cpu : cpu,
           .waker_cpu = wakeup ? cpu : kNoCpu,
           .runtime_ns = thread.runtime.count() / 1000,
           .flags = flags},
          queue);
}

void Kernel::post_new(Thread& thread, int queue) {
  const bool runnable = thread.state == Thread::State::kRunnable;
  post(thread, MessageType::kTaskNew, queue, kNoCpu, runnable ? Message::kRunnable : 0);
}

void Kernel::deliver(const Message& message, int queue) {
  if (!place_) return;
  if (!producer(queue).send(encode(message, wave::kFree))) {  // the flag is the queue's to set
    ++stats_.overflows;
    overflowed_ = true;
    return;
  }
  ++stats_.messages;
  SleepFlag(memory_.half(layout_.place(*place_).asleep())).wake();
}

// Statistics

void Kernel::ran(int id, Instant time) {
  const std::lock_guard guard(lock_);
  cpu_at(id).stats.user += time;
  if (Thread* const current = cpu_at(id).current) current->runtime += time;
}

void Kernel::idled(int id, Instant time) {
  const std::lock_guard guard(lock_);
  cpu_at(id).stats.idle += time;
}

scheduling::KernelStats Kernel::stats() const {
  const std::lock_guard guard(lock_);
  return stats_;
}

scheduling::CpuStats Kernel::cpu_stats() const {
  const std::lock_guard guard(lock_);
  scheduling::CpuStats sum;
  for (const Cpu& cpu : cpus_) sum = sum + cpu.stats;
  return sum;
}

std::int64_t Kernel::threads() const {
  const std::lock_guard guard(lock_);
  return std::ranges::count_if(threads_,
                               [](const Thread& t) { return t.state != Thread::State::kDead; });
}

void Kernel::check_invariants() const {
  const std::lock_guard guard(lock_);
  for (const Cpu& cpu : cpus_) {
    SIM_CHECK(cpu.current == nullptr || (cpu.current->on_cpu && cpu.current->cpu == cpu.id));
    SIM_CHECK(cpu.latched == nullptr || cpu.latched->latched_on == cpu.id);
  }
  for (const Thread& thread : threads_) {
    SIM_CHECK(!thread.on_cpu || cpu_at(thread.cpu).current == &thread);
    SIM_CHECK(thread.latched_on == kNoCpu || cpu_at(thread.latched_on).latched == &thread);
    SIM_CHECK(thread.latched_on == kNoCpu || thread.state == Thread::State::kRunnable);
  }
}

}  // namespace native
