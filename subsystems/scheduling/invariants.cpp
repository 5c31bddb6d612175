// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/invariants.h"

namespace scheduling {

using wave::scheduling::kNoCpu;

std::optional<std::string> Invariants::broken() {
  broken_.reset();
  places_.assign(kernel_.threads().size(), 0);
  for (int c = 0; c < kernel_.cpus(); ++c) check_cpu(kernel_.cpu(c));
  for (const Thread& thread : kernel_.threads()) check_thread(thread);
  check_outcomes();
  return broken_;
}

/// A transaction that has begun comes to one end. A CPU or an agent can be in the middle of one,
/// and there are two agents at most.
void Invariants::check_outcomes() {
  const KernelStats& stats = kernel_.stats();
  const std::int64_t open = stats.transactions - stats.commits - stats.refusals.total();
  if (open < 0 || open > kernel_.cpus() + 2)
    broken_ = "transactions and their outcomes do not add up";
}

void Invariants::check_cpu(const HostCpu& cpu) {
  if (cpu.current_ != nullptr) check_current(cpu, *cpu.current_);
  if (cpu.departing_ != nullptr) ++places(*cpu.departing_);
  if (cpu.latched_ != nullptr) check_latched(cpu, *cpu.latched_);
  const Thread* fair = cpu.fair_.running();
  if (fair != nullptr && !fair->is_fair()) say(*fair, "is in a queue of another class");
}

void Invariants::check_current(const HostCpu& cpu, const Thread& thread) {
  ++places(thread);
  if (thread.state != Thread::State::kRunnable) say(thread, "runs though it is not runnable");
  if (thread.cpu != cpu.id()) say(thread, "runs where it does not know it does");
  if (thread.is_ghost() && !thread.gated() && !thread.status.has(StatusWord::kOnCpu))
    say(thread, "runs and its status word does not say so");
}

void Invariants::check_latched(const HostCpu& cpu, const Thread& thread) {
  if (thread.latched_on != cpu.id()) say(thread, "is to run next where it does not know of");
  if (!thread.is_ghost()) say(thread, "is to run by an agent's decision in another class");
  if (thread.state != Thread::State::kRunnable) say(thread, "is to run next and not runnable");
  if (!kernel_.has_agent()) say(thread, "is to run by the decision of an agent that is gone");
}

void Invariants::check_thread(const Thread& thread) {
  if (places(thread) > 1) say(thread, "is on two CPUs");
  if (thread.latched_on != kNoCpu && kernel_.cpu(thread.latched_on).latched_ != &thread)
    say(thread, "believes that it is to run next somewhere");
  const bool runnable = thread.state == Thread::State::kRunnable;
  if (thread.is_fair() && runnable && !thread.fair.queued && places(thread) == 0)
    say(thread, "is runnable and in no queue");
  if (thread.fair.queued && !(thread.is_fair() && runnable))
    say(thread, "is in a queue and should not be");
}

void Invariants::say(const Thread& thread, const std::string& what) {
  broken_ = "thread " + std::to_string(wave::scheduling::tid_of(thread.gtid)) + ' ' + what;
}

int& Invariants::places(const Thread& thread) {
  return places_[static_cast<std::size_t>(wave::scheduling::tid_of(thread.gtid) - 1)];
}

}  // namespace scheduling
