// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/vm_agent.h"

#include <algorithm>
#include <utility>

namespace scheduling {

using wave::Event;
using wave::Work;
using wave::scheduling::Message;
using wave::scheduling::MessageType;
using wave::scheduling::Outcome;
using wave::scheduling::Transaction;

VmAgent::VmAgent(wave::Runtime& runtime, VmPolicy& policy)
    : runtime_(runtime), policy_(policy), cpus_(static_cast<std::size_t>(runtime.slots())) {}

void VmAgent::run() {
  while (!runtime_.leaving()) {
    const Event event = runtime_.poll(policy_.ask_again(runtime_.now()));
    if (event.kind == Event::Kind::kMessage)
      receive(wave::scheduling::decode_message(event.slot));
    else if (event.kind == Event::Kind::kOutcome)
      handle_outcome(event.source, wave::scheduling::decode_outcome(event.outcome));
    while (const auto order = policy_.next(runtime_.now())) carry_out(*order);
  }
}

// What happened

VmAgent::Thread& VmAgent::thread(ThreadId id) {
  const auto index = static_cast<std::size_t>(id);
  if (index >= threads_.size()) threads_.resize(index + 1);
  return threads_[index];
}

void VmAgent::receive(const Message& message) {
  runtime_.charge(Work::kHandleMessage);
  ++stats_.messages;
  if (message.gtid == 0) return;  // messages about CPUs: nothing that this program needs
  early_.push_back(message);
  for (;;) {
    std::erase_if(early_, [&](const Message& m) { return thread_of(m).comes_too_late(m); });
    const auto next = std::find_if(early_.begin(), early_.end(),
                                   [&](const Message& m) { return thread_of(m).comes_next(m); });
    if (next == early_.end()) return;
    const Message in_order = *next;
    early_.erase(next);
    handle(in_order);
  }
}

void VmAgent::handle(const Message& message) {
  const auto id = static_cast<ThreadId>(wave::scheduling::tid_of(message.gtid));
  thread(id).barrier = message.seqnum;
  switch (message.type) {
    case MessageType::kTaskNew:
      thread(id).gtid = message.gtid;
      thread(id).known = true;
      if ((message.flags & Message::kRunnable) != 0) became_runnable(id);
      break;
    case MessageType::kTaskWakeup:
      became_runnable(id);
      break;
    case MessageType::kTaskYield:
    case MessageType::kTaskPreempt:
      // One of whom the last agent's successor had heard nothing waits already.
      if (left_cpu(id, message.cpu)) thread(id).runnable = false;
      became_runnable(id);
      break;
    case MessageType::kTaskBlocked:
    case MessageType::kTaskDead:
    case MessageType::kTaskDeparted:
      if (thread(id).runnable) policy_.gone(id);
      left_cpu(id, message.cpu);
      thread(id).runnable = false;
      thread(id).known = message.type == MessageType::kTaskBlocked;
      break;
    default:
      break;
  }
}

void VmAgent::became_runnable(ThreadId id) {
  if (!std::exchange(thread(id).runnable, true)) policy_.runnable(id);
}

bool VmAgent::left_cpu(ThreadId id, Cpu cpu) {
  return cpu != wave::scheduling::kNoCpu && policy_.left(id, cpu);
}

void VmAgent::handle_outcome(Cpu cpu, const Outcome& outcome) {
  runtime_.charge(Work::kHandleOutcome);
  CpuEntry& c = entry(cpu);
  policy_.spoke(cpu, outcome.idle);
  if (!c.waits_for_outcome || outcome.sequence != c.sequence) return;
  c.waits_for_outcome = false;
  if (outcome.state == wave::scheduling::kComplete) return policy_.taken(cpu, runtime_.now());
  ++stats_.refused;
  policy_.refused(cpu, c.ordered != VmPolicy::kNobody && thread(c.ordered).runnable);
}

// What to do about it

void VmAgent::carry_out(const VmPolicy::Order& order) {
  runtime_.charge(Work::kDecide);
  CpuEntry& c = entry(order.cpu);
  c.ordered = order.vcpu;
  c.waits_for_outcome = true;
  Transaction decision{.target = wave::scheduling::kUnschedule};
  if (order.vcpu == VmPolicy::kNobody) {
    ++stats_.emptied;
  } else {
    decision.target = thread(order.vcpu).gtid;
    decision.task_barrier = thread(order.vcpu).barrier;
  }
  runtime_.write_decision(order.cpu, encode(decision, ++c.sequence),
                          wave::scheduling::kTransactionWords);
  ++stats_.decisions;
  runtime_.notify(order.cpu);
}

}  // namespace scheduling
