// SPDX-License-Identifier: Apache-2.0
// HostCpu: its decision slot, and what becomes of the decisions in it.
#include <utility>

#include "subsystems/scheduling/host_cpu.h"
#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using core::Core;
using wave::scheduling::Outcome;
using wave::scheduling::Transaction;
using wave::scheduling::TransactionState;

bool HostCpu::prestages() const {
  return kernel_.options().prestage && slot_ != nullptr;
}

/// COMMIT_AT_SCHEDULE: a decision may have been left for this moment.
void HostCpu::look_for_staged_decision() {
  if (!kernel_.has_agent()) return;
  std::optional<wave::Slot> decision;
  if (prestages()) {
    core_.does("look for decision");
    decision =
        slot_->poll(core_, wave::scheduling::kTransactionWords, Core::Staleness::kIsExpected);
  }
  // What lies in the slot is younger, and was written with the other in mind.
  if (!decision) decision = held_;
  if (decision) return commit_here(*decision);
  if (!prestages()) {
    if (std::exchange(idleness_untold_, false) && !has_work()) answer(last_state_, true, core_);
    return;
  }
  core_.sync();  // an agent on the host may have committed meanwhile
  if (!has_work()) answer(last_state_, true, core_);
}

void HostCpu::commit_here(const wave::Slot& decision) {
  commit(decision, core_);
}

TransactionState HostCpu::commit(const wave::Slot& decision, Core& by) {
  const Transaction transaction = wave::scheduling::decode_transaction(decision);
  held_.reset();  // it is no younger
  const int agent = kernel_.agents();
  const TransactionState state = kernel_.commit(transaction, *this, by);
  if (kernel_.agents() != agent) return state;  // whoever decided that is gone
  last_sequence_ = static_cast<std::uint32_t>(decision[wave::kFlagWord]);
  answer(state, state != wave::scheduling::kComplete && !has_work(), by);
  return state;
}

bool HostCpu::commit_for_agent(Core& agent) {
  agent.does("look for decision");
  const auto decision =
      slot_->poll(agent, wave::scheduling::kTransactionWords, Core::Staleness::kIsAnError);
  return decision && commit(*decision, agent) == wave::scheduling::kComplete;
}

void HostCpu::answer(TransactionState state, bool idle, Core& by) {
  last_state_ = state;
  idleness_untold_ = state == wave::scheduling::kCpuUnavail && !idle;
  const Outcome outcome{.sequence = last_sequence_, .state = state, .idle = idle};
  by.does("answer");
  slot_->answer(by, wave::scheduling::encode(outcome));
}

bool HostCpu::has_work() const {
  return latched_ != nullptr || !fair_.empty() ||
         (current_ != nullptr && current_->is_ghost() &&
          current_->state == Thread::State::kRunnable && !must_resched_);
}

/// The agent says that there is a decision: this look must not find an old copy.
void HostCpu::look_at_slot() {
  if (!kernel_.has_agent()) return;
  core_.does("look for decision");
  slot_->refresh(core_);
  const auto decision =
      slot_->poll(core_, wave::scheduling::kTransactionWords, Core::Staleness::kIsAnError);
  if (!decision) return;
  const bool waits = (wave::scheduling::decode_transaction(*decision).commit_flags &
                      wave::scheduling::kCommitAtSchedule) != 0;
  if (!waits || !has_work()) return commit_here(*decision);
  held_ = decision;
  if (prestages()) slot_->discard(core_);  // or the next look finds this one again
}

}  // namespace scheduling
