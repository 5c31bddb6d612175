// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/per_cpu_fifo.h"

#include <algorithm>

namespace scheduling {

using namespace wave::scheduling;
using wave::Work;

/// Samples the barrier, takes in what has happened, and only then gives the CPU away, with the
/// sample: whatever is posted meanwhile makes the kernel refuse, and the loop runs again.
void PerCpuFifo::run(Runtime& runtime) {
  while (!runtime.leaving()) {
    const Barrier sample = runtime.barrier();
    while (const auto message = runtime.next_message()) handle(runtime, *message);
    if (runtime.boost_priority()) {
      runtime.yield(sample, kRtlaOnIdle);
      continue;
    }
    if (const auto gtid = next(runtime))
      dispatch(runtime, *gtid, sample);
    else if (runtime.yield(sample, 0) == Yield::kStale)
      ++stats_.stale_yields;
  }
}

PerCpuFifo::Task& PerCpuFifo::task(Gtid gtid) {
  const auto id = static_cast<std::size_t>(tid_of(gtid));
  if (id >= tasks_.size()) tasks_.resize(id + 1);
  return tasks_[id];
}

// What happened

void PerCpuFifo::handle(Runtime& runtime, const Message& message) {
  runtime.charge(Work::kHandleMessage);
  ++stats_.messages;
  if (message.gtid == 0) return;  // about this CPU: being awake is enough
  Task& t = task(message.gtid);
  if (is_old(message)) return;
  t.barrier = message.seqnum;
  switch (message.type) {
    case MessageType::kTaskNew:
      t.gtid = message.gtid;
      return deal_out(runtime, t, (message.flags & Message::kRunnable) != 0);
    case MessageType::kTaskWakeup:
    case MessageType::kTaskYield:
      return enqueue(runtime, t, false);
    case MessageType::kTaskPreempt:
      return enqueue(runtime, t, true);
    case MessageType::kTaskDeparted:
    case MessageType::kTaskDead:
      dequeue(runtime, t);
      return runtime.free_status_word(message.gtid);
    default:
      return;
  }
}

/// Agents that take over are told how each thread is by its TASK_NEW. What was said before that
/// does not matter any more, whether it is seen before it or, in another queue, after it.
bool PerCpuFifo::is_old(const Message& message) {
  const Task& t = task(message.gtid);
  if (message.type == MessageType::kTaskNew) return false;
  return message.gtid != t.gtid || static_cast<std::int32_t>(message.seqnum - t.barrier) <= 0;
}

/// Gives a new thread to the agent of the next CPU in turn.
void PerCpuFifo::deal_out(Runtime& runtime, Task& t, bool runnable) {
  t.home = next_home_;
  next_home_ = (next_home_ + 1) % static_cast<Cpu>(run_queues_.size());
  const Association moved = runtime.associate(t.gtid, t.home, t.barrier);
  if (moved.result == Association::Result::kStale)
    t.home = runtime.cpu();  // its next message is here already
  if (runnable) enqueue(runtime, t, false);
}

void PerCpuFifo::enqueue(Runtime& runtime, Task& t, bool at_head) {
  if (t.waiting) return;
  runtime.lock(t.home);
  t.waiting = true;
  if (at_head)
    run_queue(t.home).push_front(t.gtid);
  else
    run_queue(t.home).push_back(t.gtid);
  if (t.home != runtime.cpu()) runtime.ping(t.home);
}

void PerCpuFifo::dequeue(Runtime& runtime, Task& t) {
  if (!t.waiting) return;
  runtime.lock(t.home);
  std::erase(run_queue(t.home), t.gtid);
  t.waiting = false;
}

// What to do about it

std::optional<Gtid> PerCpuFifo::next(Runtime& runtime) {
  std::deque<Gtid>& own = run_queue(runtime.cpu());
  runtime.lock(runtime.cpu());
  if (own.empty()) return options_.steal ? steal(runtime) : std::nullopt;
  const Gtid gtid = own.front();
  own.pop_front();
  task(gtid).waiting = false;
  return gtid;
}

/// Takes over the thread that has waited longest at the nearest neighbour that has any, messages
/// and all.
std::optional<Gtid> PerCpuFifo::steal(Runtime& runtime) {
  const auto cpus = static_cast<Cpu>(run_queues_.size());
  for (Cpu step = 1; step < cpus; ++step) {
    const Cpu victim = (runtime.cpu() + step) % cpus;
    if (run_queue(victim).empty()) continue;
    runtime.lock(victim);
    if (run_queue(victim).empty()) continue;
    Task& t = task(run_queue(victim).front());
    dequeue(runtime, t);  // first of all: others may be about to steal it as well
    if (runtime.associate(t.gtid, runtime.cpu(), t.barrier).result != Association::Result::kDone) {
      enqueue(runtime, t, true);  // its agent is about to hear of it
      continue;
    }
    t.home = runtime.cpu();
    ++stats_.stolen;
    return t.gtid;
  }
  return std::nullopt;
}

void PerCpuFifo::dispatch(Runtime& runtime, Gtid gtid, Barrier sample) {
  Task& t = task(gtid);
  runtime.charge(Work::kDecide);
  // Its last message may be seen before it is off its CPU.
  while (runtime.on_cpu(gtid)) runtime.charge(Work::kHandleOutcome);
  RunRequest request{.cpu = runtime.cpu(),
                     .transaction = {.target = gtid,
                                     .task_barrier = t.barrier,
                                     .agent_barrier = sample,
                                     .commit_flags = kCommitAtTxnCommit}};
  runtime.submit(std::span(&request, 1));
  ++stats_.decisions;
  if (request.state == kComplete) return;
  ++stats_.refused;
  // A thread that is gone is not put back: its last message is under way.
  if (request.state != kTargetNotFound && request.state != kTargetNotRunnable)
    enqueue(runtime, t, true);
}

}  // namespace scheduling
