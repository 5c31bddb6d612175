// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/faulty_local_runtime.h"

#include <string>
#include <utility>

namespace scheduling {

using namespace wave::scheduling;

FaultyLocalRuntime::FaultyLocalRuntime(LocalRuntime& sound, HostCpu& cpu, std::uint64_t seed)
    : AgentFaults(seed, "faults of the agent of CPU " + std::to_string(cpu.id())),
      sound_(sound),
      cpu_(cpu) {}

/// The agent comes to something that it does: here it dies or stands still.
void FaultyLocalRuntime::step() {
  while (!dies_ && cpu_.core().now() < hung_until()) {
    cpu_.core().park_until(hung_until());
    cpu_.take_interrupts_of_agent();
  }
  if (dies_) cpu_.end_agent();
}

void FaultyLocalRuntime::charge(wave::Work work) {
  step();
  slowly(cpu_.core(), [&] { sound_.charge(work); });
}

Barrier FaultyLocalRuntime::barrier() {
  step();
  return sound_.barrier();
}

std::optional<Message> FaultyLocalRuntime::next_message() {
  step();
  return sound_.next_message();
}

Association FaultyLocalRuntime::associate(Gtid thread, Cpu queue, Barrier barrier) {
  step();
  return sound_.associate(thread, queue, barrier);
}

Yield FaultyLocalRuntime::yield(Barrier sample, std::uint32_t run_flags) {
  step();
  return sound_.yield(sample, run_flags);
}

void FaultyLocalRuntime::submit(std::span<RunRequest> requests) {
  step();
  for (RunRequest& request : requests) {
    const RunRequest meant = request;
    if (spoils(cpu_.core().now())) spoil(request);
    last_ = meant;
  }
  sound_.submit(requests);
}

void FaultyLocalRuntime::spoil(RunRequest& request) {
  const auto word = [this] { return static_cast<std::uint32_t>(random()()); };
  Transaction& t = request.transaction;
  switch (static_cast<Garbage>(word() % static_cast<std::uint32_t>(Garbage::kCount))) {
    case Garbage::kUnknownThread:
      t.target = make_gtid(100'000 + word() % 100'000, 1);
      break;
    case Garbage::kReplayed:
      t = last_.transaction;
      break;
    case Garbage::kStaleNumber:
      t.task_barrier -= 1 + word() % 3;
      break;
    case Garbage::kStaleAgent:
      t.agent_barrier -= 1 + word() % 3;
      break;
    case Garbage::kOtherCpu:
      request.cpu = static_cast<Cpu>(word() % 8);
      break;
    case Garbage::kNoSuchCpu:
      request.cpu = -1 - static_cast<Cpu>(word() % 1000);
      break;
    case Garbage::kTarget:
      t.target = -static_cast<Gtid>(word() % 5);
      break;
    default:
      t.commit_flags = word();
      t.run_flags = word();
  }
}

}  // namespace scheduling
