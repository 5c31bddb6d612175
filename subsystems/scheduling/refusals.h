// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"
#include "sim/member_wise.h"
#include "subsystems/wave/agent/scheduling.h"

namespace scheduling {

/// Decisions that were not committed, by the state that they were given.
struct Refusals {
  std::int64_t target_oncpu = 0;
  std::int64_t target_stale = 0;
  std::int64_t target_not_found = 0;
  std::int64_t target_not_runnable = 0;
  std::int64_t agent_stale = 0;
  std::int64_t cpu_unavail = 0;
  std::int64_t invalid_flags = 0;
  std::int64_t invalid_target = 0;
  std::int64_t invalid_cpu = 0;
  std::int64_t no_agent = 0;
  std::int64_t other = 0;

  void count(wave::scheduling::TransactionState state) { ++of(state); }
  std::int64_t& of(wave::scheduling::TransactionState state) {
    using namespace wave::scheduling;
    switch (state) {
      case kTargetOncpu:
        return target_oncpu;
      case kTargetStale:
        return target_stale;
      case kTargetNotFound:
        return target_not_found;
      case kTargetNotRunnable:
        return target_not_runnable;
      case kAgentStale:
        return agent_stale;
      case kCpuUnavail:
        return cpu_unavail;
      case kInvalidFlags:
        return invalid_flags;
      case kInvalidTarget:
        return invalid_target;
      case kInvalidCpu:
        return invalid_cpu;
      case kNoAgent:
        return no_agent;
      default:
        return other;
    }
  }

  static void describe(auto&& stat) {
    using R = Refusals;
    stat(&R::target_oncpu, "target_oncpu", "the thread runs already");
    stat(&R::target_stale, "target_stale", "the thread has been heard of since, is dead or gone");
    stat(&R::target_not_found, "target_not_found", "there is no such thread");
    stat(&R::target_not_runnable, "target_not_runnable", "the thread sleeps");
    stat(&R::agent_stale, "agent_stale",
         "the CPU was not to be disturbed, or its own agent had yet to hear of something");
    stat(&R::cpu_unavail, "cpu_unavail", "the CPU runs a thread of another class");
    stat(&R::invalid_flags, "invalid_flags", "flags that do not go together");
    stat(&R::invalid_target, "invalid_target", "not a thread of the ghost class");
    stat(&R::invalid_cpu, "invalid_cpu",
         "for a CPU that the agent does not have, or on which the thread may not run");
    stat(&R::no_agent, "no_agent", "of an agent that is not the enclave's any more");
    stat(&R::other, "other", "for any other reason");
  }
  friend Refusals operator-(const Refusals& a, const Refusals& b) { return sim::difference(a, b); }
  std::int64_t total() const {
    std::int64_t sum = 0;
    describe([&](auto reason, auto&&...) { sum += this->*reason; });
    return sum;
  }
};

}  // namespace scheduling
