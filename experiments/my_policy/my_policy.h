// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <deque>

#include "subsystems/scheduling/policies/policy.h"
#include "subsystems/scheduling/policies/policy_settings.h"

/// Last come, first served, to completion, because the last is warm in the cache; but nobody waits
/// for longer than `patience` while others are served.
class MyPolicy : public scheduling::Policy {
 public:
  using Instant = scheduling::Instant;
  using ThreadId = scheduling::ThreadId;

  explicit MyPolicy(const scheduling::Settings& settings)
      : patience_(settings.time("patience", std::chrono::microseconds{100})) {}

  void runnable(ThreadId thread, Why, Instant now) override { waiting_.push_back({thread, now}); }

  void gone(ThreadId thread) override {
    std::erase_if(waiting_, [thread](const Waiting& w) { return w.thread == thread; });
  }

  std::optional<ThreadId> pick(scheduling::Cpu, Instant now) override {
    if (waiting_.empty()) return std::nullopt;
    if (waiting_.front().since + patience_ <= now) return take_first();
    return take_last();
  }

 private:
  struct Waiting {
    ThreadId thread;
    Instant since;
  };

  ThreadId take_first() {
    const ThreadId thread = waiting_.front().thread;
    waiting_.pop_front();
    return thread;
  }
  ThreadId take_last() {
    const ThreadId thread = waiting_.back().thread;
    waiting_.pop_back();
    return thread;
  }

  const Instant patience_;
  std::deque<Waiting> waiting_;  // longest first
};
