// SPDX-License-Identifier: Apache-2.0
// Kernel and HostCpu: one agent goes, another comes.
#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using wave::scheduling::kNoCpu;

/// Whatever the agent has decided and is not carried out is void. Threads that run go on.
void Kernel::detach_agent() {
  enclave_.has_agent = false;  // from here on nobody is told anything, and nothing is committed
  for (const auto& cpu : cpus_) cpu->forget_decisions();
}

void Kernel::attach_agent(core::Core& by) {
  enclave_.has_agent = true;
  enclave_.agent_since = by.now();
  enclave_.destroyed = false;
  ++agents_;
  for (const auto& cpu : cpus_) cpu->expect_agent(by);
}

/// Who runs, or is on the way off a CPU, is told of there: by the CPU, when the message about its
/// leaving is due anyway.
void Kernel::introduce_threads(core::Core& by, wave::Producer* messages) {
  const std::size_t known = threads_.size();  // who enters meanwhile says so
  for (std::size_t i = 0; i < known; ++i) {
    Thread& thread = threads_[i];
    if (thread.is_agent()) continue;
    // Its agent went without freeing the status word, and nobody else will.
    if (free_status_word(thread.gtid, by, messages)) continue;
    if (!thread.is_ghost() || thread.state == Thread::State::kDead) continue;
    thread.queue = enclave_.default_queue;
    if (thread.cpu != kNoCpu && cpu(thread.cpu).has_yet_to_tell_of(thread))
      thread.new_message_due = true;
    else
      post_new(thread, by, messages);
  }
}

void HostCpu::forget_decisions() {
  if (latched_ != nullptr) kernel_.unlatch(*latched_);
  latched_idle_ = elide_preempt_ = false;
  // That a thread may no longer run here was no agent's decision.
  must_resched_ = current_ != nullptr && current_->is_ghost() &&
                  !current_->affinity[static_cast<std::size_t>(id_)];
  held_.reset();
}

/// The new agent counts its decisions from one and knows nothing of this CPU.
void HostCpu::expect_agent(core::Core& by) {
  transaction_.abort();  // an agent before may have died between opening it and submitting it
  if (!has_slot()) return;
  last_sequence_ = 0;
  last_state_ = wave::scheduling::kComplete;
  interrupt_from(by, Interrupt::kNewAgent);
}

/// Says whether it waits for a decision; if not, it will when it does.
void HostCpu::greet_agent() {
  answer(last_state_, !has_work(), core_);
  idleness_untold_ = has_work();
}

}  // namespace scheduling
