// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/agent_program.h"

#include <algorithm>
#include <utility>

namespace scheduling {

using wave::Event;
using wave::Work;
using wave::scheduling::Message;
using wave::scheduling::MessageType;
using wave::scheduling::Outcome;
using wave::scheduling::Transaction;

AgentProgram::AgentProgram(wave::Runtime& runtime, Policy& policy, const AgentOptions& options)
    : runtime_(runtime),
      policy_(policy),
      options_(options),
      cpus_(static_cast<std::size_t>(runtime.slots())) {}

void AgentProgram::run() {
  while (!runtime_.leaving()) {
    const Event event = runtime_.poll(wave::kNever);
    switch (event.kind) {
      case Event::Kind::kMessage:
        receive(wave::scheduling::decode_message(event.slot));
        break;
      case Event::Kind::kOutcome:
        handle_outcome(event.source, wave::scheduling::decode_outcome(event.outcome));
        break;
      case Event::Kind::kNone:
        break;
    }
    schedule();
  }
}

// What happened

/// Every CPU has a queue of its own, so messages about one thread may be seen out of order; their
/// sequence numbers put them right.
void AgentProgram::receive(const Message& message) {
  runtime_.charge(Work::kHandleMessage);
  ++stats_.messages;
  if (message.gtid == 0) return;  // messages about CPUs: nothing that this program needs
  const ThreadId id = id_of(message.gtid);
  if (message.seqnum != thread(id).barrier + 1) return early_.push_back(message);
  handle(message);
  for (std::size_t i = 0; i < early_.size(); ++i) {
    const Message next = early_[i];
    if (next.gtid != message.gtid || next.seqnum != thread(id).barrier + 1) continue;
    early_.erase(early_.begin() + static_cast<std::ptrdiff_t>(i));
    handle(next);
    i = static_cast<std::size_t>(-1);
  }
}

void AgentProgram::handle(const Message& message) {
  const ThreadId id = id_of(message.gtid);
  Thread& t = thread(id);
  t.barrier = message.seqnum;
  switch (message.type) {
    case MessageType::kTaskNew:
      t.gtid = message.gtid;
      t.state = ThreadState::kBlocked;
      if ((message.flags & Message::kRunnable) != 0) became_runnable(id, Policy::Why::kWoken);
      break;
    case MessageType::kTaskWakeup:
      became_runnable(id, Policy::Why::kWoken);
      break;
    case MessageType::kTaskBlocked:
      left_cpu(t, message.cpu);
      t.state = ThreadState::kBlocked;
      break;
    case MessageType::kTaskYield:
      left_cpu(t, message.cpu);
      became_runnable(id, Policy::Why::kYielded);
      break;
    case MessageType::kTaskPreempt:
      left_cpu(t, message.cpu);
      became_runnable(id, Policy::Why::kPreempted);
      break;
    case MessageType::kTaskDead:
    case MessageType::kTaskDeparted:
      if (t.state == ThreadState::kRunnable) policy_.gone(id);
      if (t.state == ThreadState::kRunning) left_cpu(t, message.cpu);
      t.state = ThreadState::kUnknown;
      break;
    default:
      break;
  }
}

void AgentProgram::became_runnable(ThreadId id, Policy::Why why) {
  Thread& t = thread(id);
  if (t.state == ThreadState::kRunnable || t.state == ThreadState::kStaged) return;
  t.state = ThreadState::kRunnable;
  t.cpu = wave::scheduling::kNoCpu;
  policy_.runnable(id, why, runtime_.now());
}

void AgentProgram::left_cpu(Thread& t, Cpu cpu) {
  CpuEntry& c = entry(cpu);
  const auto id = static_cast<ThreadId>(&t - threads_.data());
  // The message may be seen before the outcome that says that the thread was switched to, or after
  // the one that says that its successor was: then the CPU is busy, not idle.
  if (c.staged != id && c.running != id) return;
  if (c.staged == id) c.staged = kNone;
  if (c.running == id) c.running = kNone;
  c.state = options_.prestage ? CpuState::kLooking : CpuState::kIdle;
  if (c.staged == kNone) offer(cpu);
}

void AgentProgram::handle_outcome(Cpu cpu, const Outcome& outcome) {
  runtime_.charge(Work::kHandleOutcome);
  CpuEntry& c = entry(cpu);
  // Older than what a message has told already.
  if (outcome.sequence != c.sequence && c.staged == kNone) return;
  if (outcome.sequence == c.sequence && c.staged != kNone) settle(cpu, outcome);
  if (!outcome.idle) return;
  c.state = CpuState::kIdle;
  if (c.staged == kNone) {
    offer(cpu);
  } else if (!std::exchange(c.notified, true)) {
    ++stats_.missed;
    runtime_.notify(cpu);
  }
}

void AgentProgram::settle(Cpu cpu, const Outcome& outcome) {
  CpuEntry& c = entry(cpu);
  const ThreadId id = c.staged;
  c.staged = kNone;
  if (outcome.state == wave::scheduling::kComplete) {
    c.running = id;
    c.state = CpuState::kBusy;
    thread(id).state = ThreadState::kRunning;
    offer(cpu);
    return;
  }
  ++stats_.refused;
  if (thread(id).state == ThreadState::kStaged) {
    thread(id).state = ThreadState::kBlocked;
    became_runnable(id, Policy::Why::kRefused);
  }
}

/// Puts the CPU on the list of those that could take a decision.
void AgentProgram::offer(Cpu cpu) {
  if (entry(cpu).state != CpuState::kBusy)
    offer(cpu, hungry_);
  else if (options_.prestage)
    offer(cpu, stageable_);
}

/// A CPU stands in a list once: where it was if nothing has been decided for it since.
void AgentProgram::offer(Cpu cpu, std::deque<Offer>& offers) {
  const std::uint32_t sequence = entry(cpu).sequence;
  const auto old =
      std::find_if(offers.begin(), offers.end(), [cpu](const Offer& o) { return o.cpu == cpu; });
  if (old != offers.end() && old->sequence == sequence) return;
  if (old != offers.end()) offers.erase(old);
  offers.push_back({cpu, sequence});
}

// What to do about it

void AgentProgram::schedule() {
  serve(hungry_, false);
  if (hungry_.empty()) serve(stageable_, true);
}

/// Decides for the CPUs listed, in order, while the policy has threads to give.
void AgentProgram::serve(std::deque<Offer>& offers, bool busy) {
  while (!offers.empty()) {
    const auto [cpu, sequence] = offers.front();
    const CpuEntry& c = entry(cpu);
    const bool stands =
        c.sequence == sequence && c.staged == kNone && (c.state == CpuState::kBusy) == busy;
    if (stands && !decide(cpu, !busy)) return;
    offers.pop_front();
  }
}

bool AgentProgram::decide(Cpu cpu, bool notify) {
  const std::optional<ThreadId> next = policy_.pick(cpu, runtime_.now());
  if (!next) return false;
  runtime_.charge(Work::kDecide);
  CpuEntry& c = entry(cpu);
  Thread& t = thread(*next);
  t.state = ThreadState::kStaged;
  t.cpu = cpu;
  c.staged = *next;
  c.notified = notify;
  const Transaction decision{
      .target = t.gtid,
      .task_barrier = t.barrier,
      .commit_flags = notify ? options_.commit_flags
                             : static_cast<std::uint32_t>(wave::scheduling::kCommitAtSchedule)};
  runtime_.write_decision(cpu, encode(decision, ++c.sequence), wave::scheduling::kTransactionWords);
  ++stats_.decisions;
  if (notify)
    runtime_.notify(cpu);
  else
    ++stats_.staged;
  return true;
}

ThreadId AgentProgram::id_of(wave::scheduling::Gtid gtid) {
  const auto id = static_cast<ThreadId>(wave::scheduling::tid_of(gtid));
  if (static_cast<std::size_t>(id) >= threads_.size())
    threads_.resize(static_cast<std::size_t>(id) + 1);
  return id;
}

}  // namespace scheduling
