// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "models/core/core.h"
#include "sim/random.h"
#include "sim/uniform.h"

namespace wave {

/// What is wrong with an agent, each for a while; for a runtime through which faults get at it.
class AgentFaults {
 public:
  AgentFaults(std::uint64_t seed, std::string_view name) : random_(seed, name) {}

  void hang(sim::Time until) { hung_until_ = until; }
  void slow_down(double factor, sim::Time until) {
    slowness_ = factor;
    slow_until_ = until;
  }
  /// A share of all decisions, from 0 to 1.
  void write_garbage(double share, sim::Time until) {
    garbage_share_ = share;
    garbage_until_ = until;
  }
  std::int64_t garbage_written() const { return garbage_written_; }

 protected:
  sim::Time hung_until() const { return hung_until_; }

  /// Does `work`, which takes longer while the agent is slow.
  template <class F>
  void slowly(core::Core& core, F work) {
    const sim::Time begin = core.now();
    work();
    if (begin >= slow_until_) return;
    const auto took = static_cast<double>((core.now() - begin).count());
    core.spend(sim::Duration{static_cast<std::int64_t>(took * (slowness_ - 1))});
  }

  /// Whether the decision that is made now is to be garbage, which is counted.
  bool spoils(sim::Time now) {
    if (now >= garbage_until_) return false;
    if (!sim::chance(garbage_share_, random_)) return false;
    ++garbage_written_;
    return true;
  }
  sim::Stream& random() { return random_; }

 private:
  sim::Stream random_;
  sim::Time hung_until_{};
  double slowness_ = 1;
  sim::Time slow_until_{};
  double garbage_share_ = 0;
  sim::Time garbage_until_{};
  std::int64_t garbage_written_ = 0;
};

}  // namespace wave
