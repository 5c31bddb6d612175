// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/memory/shared_line.h"
#include "sim/check.h"
#include "sim/units.h"
#include "subsystems/wave/agent/scheduling.h"

namespace scheduling {

/// The place of a CPU's transaction in the memory that host agents share with the kernel
/// (ghost-kernel.md 5). Ready from `open` until a CPU claims it to commit it.
class TransactionSlot {
 public:
  using State = wave::scheduling::TransactionState;
  using Transaction = wave::scheduling::Transaction;

  /// A policy that opens a slot whose transaction is still under way is broken.
  void open(const Transaction& transaction) {
    SIM_CHECK(wave::scheduling::committed(state_));
    transaction_ = transaction;
    state_ = wave::scheduling::kReady;
  }
  bool ready() const { return state_ == wave::scheduling::kReady; }
  /// Takes the transaction back; false if somebody has claimed or committed it.
  bool abort() {
    if (!ready()) return false;
    state_ = wave::scheduling::kAborted;
    return true;
  }
  const Transaction& claim(int cpu) {
    SIM_CHECK(ready());
    state_ = cpu;
    return transaction_;
  }
  void finish(State state, sim::Time when) {
    state_ = state;
    commit_time_ = when;
  }

  const Transaction& transaction() const { return transaction_; }
  State state() const { return state_; }
  sim::Time commit_time() const { return commit_time_; }
  memory::SharedLine& line() { return line_; }

 private:
  Transaction transaction_;
  State state_ = wave::scheduling::kComplete;
  sim::Time commit_time_{};
  memory::SharedLine line_;
};

}  // namespace scheduling
