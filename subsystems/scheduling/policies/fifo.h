// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

/// First come, first served, to completion: ghOSt's centralised FIFO. A thread whose decision was
/// refused, or which lost its CPU to something else, goes to the head, as there.
class Fifo : public Policy {
 public:
  void runnable(ThreadId thread, Why why, Instant now) override;
  void gone(ThreadId thread) override;
  std::optional<ThreadId> pick(Cpu cpu, Instant now) override;

 private:
  std::deque<ThreadId> waiting_;
};

}  // namespace scheduling
