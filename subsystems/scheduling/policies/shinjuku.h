// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

/// First come, first served, but nobody keeps a CPU for longer than a slice while others wait: a
/// thread that has lost its CPU starts again at the tail (Shinjuku, NSDI 2019, with one queue).
/// With slices that are short against long requests this comes close to processor sharing.
class Shinjuku : public Policy {
 public:
  explicit Shinjuku(Instant slice) : slice_(slice) {}

  void runnable(ThreadId thread, Why why, Instant now) override;
  void gone(ThreadId thread) override;
  std::optional<ThreadId> pick(Cpu cpu, Instant now) override;
  std::optional<Instant> slice() const override { return slice_; }

 private:
  const Instant slice_;
  std::deque<ThreadId> waiting_;
};

}  // namespace scheduling
