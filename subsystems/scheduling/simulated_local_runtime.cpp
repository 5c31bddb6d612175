// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/simulated_local_runtime.h"

namespace scheduling {

using namespace wave::scheduling;

void SimulatedLocalRuntime::charge(wave::Work work) {
  core().compute(costs_.of(work));
}

void SimulatedLocalRuntime::lock(Cpu run_queue) {
  core().touch(agents_.locks[static_cast<std::size_t>(run_queue)]);
}

Barrier SimulatedLocalRuntime::barrier() {
  cpu_.agent().read_status_word(core());
  cpu_.take_interrupts_of_agent();
  return cpu_.agent_barrier();
}

bool SimulatedLocalRuntime::boost_priority() {
  return cpu_.agent().status.has(StatusWord::kBoostPriority);
}

std::optional<Message> SimulatedLocalRuntime::next_message() {
  const auto slot = queue_.take(core());
  if (!slot) return std::nullopt;
  return decode_message(*slot);
}

bool SimulatedLocalRuntime::on_cpu(Gtid gtid) {
  Thread* thread = kernel_.find(gtid);
  if (thread == nullptr) return false;
  thread->read_status_word(core());
  cpu_.take_interrupts_of_agent();
  return thread->status.has(StatusWord::kOnCpu);
}

Association SimulatedLocalRuntime::associate(Gtid thread, Cpu queue, Barrier barrier) {
  cpu_.enter_kernel();
  const Association result =
      kernel_.associate(thread, agents_.queues[static_cast<std::size_t>(queue)], barrier, core());
  cpu_.leave_kernel();
  return result;
}

void SimulatedLocalRuntime::free_status_word(Gtid thread) {
  cpu_.enter_kernel();
  kernel_.free_status_word(thread, core(), nullptr);
  cpu_.leave_kernel();
}

Yield SimulatedLocalRuntime::yield(Barrier sample, std::uint32_t run_flags) {
  return cpu_.yield_agent(sample, run_flags);
}

void SimulatedLocalRuntime::submit(std::span<RunRequest> requests) {
  for (RunRequest& r : requests) {
    if (r.cpu < 0 || r.cpu >= kernel_.cpus()) continue;
    TransactionSlot& slot = kernel_.cpu(r.cpu).transaction();
    core().touch(slot.line());
    if (!committed(slot.state())) cpu_.end_agent();  // fatal, in ghOSt's library
    slot.open(r.transaction);
  }
  kernel_.submit(cpu_, requests);
}

bool SimulatedLocalRuntime::ping(Cpu other) {
  cpu_.enter_kernel();
  const bool pinged = kernel_.ping(other, core());
  cpu_.leave_kernel();
  return pinged;
}

void SimulatedLocalRuntime::ask_to_leave(core::Core& by) {
  leaving_ = true;
  kernel_.ping(cpu_.id(), by);
}

}  // namespace scheduling
