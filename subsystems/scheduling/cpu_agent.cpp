// SPDX-License-Identifier: Apache-2.0
// HostCpu: the agent that runs on the CPU which it schedules (ghost-kernel.md 4, 6.2, 6.6).
#include <utility>

#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using wave::scheduling::Barrier;
using wave::scheduling::MessageType;
using wave::scheduling::Transaction;
using wave::scheduling::TransactionState;
using wave::scheduling::Yield;

namespace {

/// Ends an agent's program wherever it stands.
struct AgentKilled {};

}  // namespace

void HostCpu::attach_agent(Thread& agent, std::function<void()> program, Queue& queue) {
  SIM_CHECK(agent_ == nullptr);
  agent_ = &agent;
  agent_program_ = std::move(program);
  agent_queue_ = &queue;
  blocked_in_run_ = own_commit_ = false;
  in_enclave_ = true;
  agent.cpu = id_;
}

void HostCpu::run_agent() {
  try {
    agent_program_();
  } catch (const AgentKilled&) {
  }
  agent_->state = Thread::State::kDead;
  agent_->status.set(StatusWord::kCanFree);
  kernel_.give_back_status_word(*agent_);
  agent_ = nullptr;
  agent_queue_ = nullptr;
  current_ = nullptr;
  if (latched_ != nullptr) kernel_.drop_latch(*this, core_);  // it was to outlive the agent's turn
  if (!std::exchange(agent_killed_, false)) kernel_.agent_died(*this);
}

void HostCpu::kill_agent(core::Core& by) {
  if (agent_ == nullptr) return;
  agent_killed_ = true;
  const bool asleep = blocked_in_run_;
  wake_agent(by);
  if (asleep) return;
  // Wherever it is in its own code, and even if it has heeded no interrupt so far.
  need_resched_ = true;
  if (&by != &core_) interrupt_from(by, Interrupt::kReschedule);
}

void HostCpu::end_agent() {
  throw AgentKilled{};
}

void HostCpu::wake_agent(core::Core& by) {
  // A locked instruction: the message before it is there for the agent to see. Otherwise the agent
  // could sample a barrier that counts a message which its queue does not hold yet, and sleep.
  by.store_fence();
  if (agent_ != nullptr) agent_->write_status_word(by);
  by.sync();
  ++agent_barrier_;
  by.compute(kernel_.params().wake_agent);
  if (agent_ == nullptr || !blocked_in_run_) return;
  unblock_agent();
  reschedule(by);
  kernel_.post_about_agent(*this, MessageType::kAgentWakeup, by);
}

void HostCpu::unblock_agent() {
  blocked_in_run_ = false;
  agent_->state = Thread::State::kRunnable;
}

/// Whatever else there is on this CPU has to wait.
Thread* HostCpu::pick_agent() {
  give_up_latch();
  if (fair_.running() != nullptr) fair_.put_back(core_.now());
  if (current_ != nullptr && current_->is_ghost()) {
    leave(*current_, MessageType::kTaskPreempt);
    publish_departure();
  }
  must_resched_ = false;
  agent_->status.set(StatusWord::kBoostPriority, fair_.waiting() > 0);
  return agent_;
}

/// While the agent has the CPU nothing is to run next there, unless its commit lets that wait.
void HostCpu::give_up_latch() {
  if (defer_preemption_) return;
  latched_idle_ = false;
  if (latched_ != nullptr) kernel_.drop_latch(*this, core_);
}

/// The edges on which the agent wants its CPU back: `edge` is one of its run flags.
void HostCpu::return_to_agent(std::uint32_t edge) {
  if ((run_flags_ & edge) == 0 || agent_ == nullptr || !blocked_in_run_) return;
  ++agent_barrier_;
  unblock_agent();
}

// The agent's calls

void HostCpu::enter_kernel() {
  SIM_CHECK(current_ == agent_);
  core_.compute(kernel_.params().syscall_entry);
  take_interrupts_of_agent();
}

/// Not from a call in which the agent gave its CPU away: the switch back to it has this in it.
void HostCpu::leave_kernel() {
  core_.compute(kernel_.params().syscall_exit);
}

void HostCpu::take_interrupts_of_agent() {
  core_.sync();
  const bool interrupted = interrupt_pending();
  if (interrupted) take_interrupts();
  if (agent_killed_) throw AgentKilled{};
  if (!interrupted || !std::exchange(need_resched_, false)) return;
  commit_left_transaction(false);
  give_up_latch();
}

void HostCpu::block_agent() {
  blocked_in_run_ = true;
  agent_->state = Thread::State::kBlocked;
}

void HostCpu::give_away_cpu() {
  kernel_.post_about_agent(*this, MessageType::kAgentBlocked, core_);
  schedule();
  if (agent_killed_) throw AgentKilled{};
}

Yield HostCpu::yield_agent(Barrier sample, std::uint32_t run_flags) {
  enter_kernel();
  const bool valid = (run_flags & ~std::uint32_t{wave::scheduling::kRtlaOnIdle}) == 0;
  if (!valid || sample != agent_barrier_) {
    leave_kernel();
    return valid ? Yield::kStale : Yield::kInvalid;
  }
  run_flags_ = run_flags;
  block_agent();
  give_away_cpu();
  return Yield::kDone;
}

}  // namespace scheduling
