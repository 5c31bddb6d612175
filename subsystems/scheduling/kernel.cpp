// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/kernel.h"

#include <utility>

namespace scheduling {

using wave::scheduling::kNoCpu;
using wave::scheduling::Message;
using wave::scheduling::MessageType;

HostCpu& Kernel::add_cpu(core::Core& core, wave::Producer& messages, wave::DecisionReader& slot) {
  return *cpus_.emplace_back(std::make_unique<HostCpu>(*this, cpus(), core, &messages, &slot));
}

HostCpu& Kernel::add_cpu(core::Core& core) {
  return *cpus_.emplace_back(std::make_unique<HostCpu>(*this, cpus(), core, nullptr, nullptr));
}

void Kernel::start() {
  for (const auto& cpu : cpus_) cpu->start();
}

Thread* Kernel::find(Gtid gtid) {
  const std::int64_t tid = wave::scheduling::tid_of(gtid);
  if (tid < 1 || tid > std::ssize(threads_)) return nullptr;
  Thread& thread = threads_[static_cast<std::size_t>(tid - 1)];
  return thread.gtid == gtid ? &thread : nullptr;
}

AddressSpace& Kernel::address_space(const Thread& thread) {
  const auto place = static_cast<std::size_t>(thread.process - kAgentsProcess);
  if (place >= address_spaces_.size()) address_spaces_.resize(place + 1);
  return address_spaces_[place];
}

// Beginning

Thread& Kernel::enter(ThreadBody& body, bool runnable, core::Core& by, wave::Producer& messages) {
  Thread& thread = threads_.emplace_back();
  thread.gtid = wave::scheduling::make_gtid(static_cast<std::int64_t>(threads_.size()), 0);
  thread.body = &body;
  thread.process = body.process();
  thread.state = runnable ? Thread::State::kRunnable : Thread::State::kBlocked;
  by.touch(thread.context, params_.context_lines);
  if (options_.threads_enter == SchedulingClass::kGhost && !enclave_.destroyed) {
    enter_ghost(thread, by, &messages);
  } else {
    thread.scheduled_by = SchedulingClass::kFair;
    ++fair_threads_;
    thread.cpu = fair_.cpu_for_new(thread);
    if (runnable) join_fair(thread, by, FairQueue::Arrival::kNew);
  }
  return thread;
}

// Waking

void Kernel::wake(Thread& thread, core::Core& by, wave::Producer& messages, int waker_cpu) {
  by.does("wake", wave::scheduling::tid_of(thread.gtid));
  by.compute(params_.syscall_entry, params_.futex_wake);
  by.touch(thread.task_line, params_.task_lines);
  wake_or_mark(thread, by, messages, waker_cpu);
  by.compute(params_.syscall_exit);
}

void Kernel::wake_or_mark(Thread& thread, core::Core& by, wave::Producer& messages, int waker_cpu) {
  thread.waker_cpu = waker_cpu;  // whoever finishes it
  // Not asleep yet: it finds out before it sleeps, or when it has left its CPU.
  if (thread.blocking || thread.state == Thread::State::kRunnable) {
    thread.woken_while_blocking = true;
    return;
  }
  if (thread.is_fair() && thread.state == Thread::State::kBlocked)
    thread.cpu = fair_.cpu_for_woken(thread, by, waker_cpu);
  if (wakes_remotely(thread, by))
    send_wakeup(thread, by);
  else
    activate(thread, by, &messages, waker_cpu);
}

bool Kernel::wakes_remotely(const Thread& thread, const core::Core& by) {
  if (!params_.wake_remotely || thread.cpu == kNoCpu) return false;
  const sim::Duration apart = by.domain().transfer(by.index(), cpu(thread.cpu).core().index());
  return apart > by.domain().params().shared_cache_within;
}

void Kernel::send_wakeup(Thread& thread, core::Core& by) {
  HostCpu& target = cpu(thread.cpu);
  if (target.watches_flag()) {
    target.expect_wakeup();
    return target.raise_flag(by, HostCpu::Interrupt::kWakeUp, &thread);
  }
  by.spend(params_.interrupts.ipi_send);
  tell_interrupt(by, target.core(), HostCpu::Interrupt::kWakeUp);
  target.expect_wakeup();
  by.simulation().at(by.now() + ipi_flight(by, target.core()),
                     [&target, &thread] { target.finish_wakeup(thread); });
}

sim::Duration Kernel::ipi_flight(const core::Core& from, const core::Core& to) const {
  const memory::Domain& host = from.domain();
  return params_.interrupts.deliver(host.node(from.index()) != host.node(to.index()));
}

void Kernel::activate(Thread& thread, core::Core& by, wave::Producer* messages, int cpu) {
  by.does("activate", wave::scheduling::tid_of(thread.gtid));
  by.compute(params_.activate);
  by.touch(thread.task_line, params_.task_lines);
  if (thread.state != Thread::State::kBlocked) return;
  thread.state = Thread::State::kRunnable;
  if (thread.is_fair()) return join_fair(thread, by, FairQueue::Arrival::kWoken);
  thread.status.set(StatusWord::kRunnable);
  thread.runnable_since = by.now();
  post(thread, MessageType::kTaskWakeup, by, messages, cpu,
       thread.wakes_deferrably ? Message::kDeferrable : 0);
}

/// Puts a thread into its CPU's queue; if it should run before what runs there, the CPU is told.
void Kernel::join_fair(Thread& thread, core::Core& by, FairQueue::Arrival how) {
  HostCpu& target = cpu(thread.cpu);
  by.compute(params_.fair.enqueue);
  by.touch(target.runqueue_, params_.runqueue_lines);
  target.fair_.account(by.now());
  target.fair_.add(thread, how);
  if (target.fair_.preempts(thread)) target.reschedule(by);
}

// Messages

void Kernel::post(Thread& thread, MessageType type, core::Core& by, wave::Producer* messages,
                  int cpu, std::uint32_t flags) {
  count_message(thread, by);
  if (thread.gated()) return;
  deliver(thread, type, by, messages, cpu, flags);
}

void Kernel::count_message(Thread& thread, core::Core& by) {
  by.does("message", wave::scheduling::tid_of(thread.gtid));
  by.compute(params_.message);
  thread.write_status_word(by);
  ++thread.status.barrier;
}

void Kernel::post_new(Thread& thread, core::Core& by, wave::Producer* messages) {
  const bool runnable = thread.state == Thread::State::kRunnable;
  post(thread, MessageType::kTaskNew, by, messages, kNoCpu, runnable ? Message::kRunnable : 0);
}

void Kernel::deliver(Thread& thread, MessageType type, core::Core& by, wave::Producer* messages,
                     int cpu, std::uint32_t flags) {
  if (!enclave_.has_agent) return;
  if (thread.queue == nullptr && messages == nullptr) return;
  const bool wakeup = type == MessageType::kTaskWakeup;
  const bool fresh = type == MessageType::kTaskNew;
  const bool at_waker = wakeup && enclave_.tunables.wake_on_waker_cpu;
  const Message message{.type = type,
                        .seqnum = thread.status.barrier,
                        .gtid = thread.gtid,
                        .cpu = wakeup && !at_waker ? thread.cpu : cpu,
                        .waker_cpu = wakeup ? cpu : kNoCpu,
                        .runtime_ns = thread.status.runtime.count() / 1000,
                        .flags = flags,
                        .nice = static_cast<std::int8_t>(thread.fair.nice),
                        .status_word = static_cast<std::uint16_t>(fresh ? thread.status.index : 0)};
  append(thread.queue, messages, message, wakeup ? thread.cpu : cpu, by);
}

/// Puts the message into `queue`, or else `messages`, which is the sender's own.
void Kernel::append(Queue* queue, wave::Producer* messages, const Message& message, int happened_on,
                    core::Core& by) {
  if (queue != nullptr) by.touch(queue->lock);
  wave::Producer& to = queue != nullptr ? queue->producer : *messages;
  // The flag is the queue's to set.
  if (to.send(by, encode(message, wave::kFree)))
    ++stats_.messages;
  else
    overflowed();
  if (queue == nullptr) return;
  if (const int woken = queue->wakes(happened_on); woken != kNoCpu) cpu(woken).wake_agent(by);
}

void Kernel::post_about_agent(HostCpu& cpu, MessageType type, core::Core& by) {
  Queue* const queue = enclave_.default_queue;
  if (!enclave_.tunables.deliver_agent_runnability || queue == nullptr) return;
  if (queue->wakes(kNoCpu) == cpu.id()) return;
  by.compute(params_.message);
  append(queue, nullptr, {.type = type, .seqnum = cpu.agent_barrier_, .cpu = cpu.id()}, kNoCpu, by);
}

void Kernel::post_about_cpu(HostCpu& cpu, MessageType type, core::Core& by) {
  by.compute(params_.message);
  ++cpu.agent_barrier_;
  if (!enclave_.has_agent || (cpu.agent_queue_ == nullptr && cpu.messages() == nullptr)) return;
  const Message message{.type = type, .seqnum = cpu.agent_barrier_, .cpu = cpu.id()};
  append(cpu.agent_queue_, cpu.messages(), message, cpu.id(), by);
}

HostCpu* Kernel::notified(int id) {
  if (0 <= id && id < cpus() && cpu(id).has_slot()) return &cpu(id);
  ++stats_.transactions;
  stats_.refusals.count(wave::scheduling::kInvalidCpu);
  return nullptr;
}

void Kernel::overflowed() {
  ++stats_.overflows;
  if (overflow_) overflow_();
}

}  // namespace scheduling
