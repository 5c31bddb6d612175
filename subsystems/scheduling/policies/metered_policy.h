// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

/// A policy whose library counts the basic blocks that it runs: each call is charged for those that
/// it took. `blocks` is the library's counter, of the calling thread.
///
/// Not charged: `slice` and `reads_words`, which an agent need ask for but once; code outside the
/// library (memory allocation, memmove).
class MeteredPolicy : public Policy {
 public:
  using Blocks = std::uint64_t (*)();

  MeteredPolicy(wave::Runtime& runtime, std::unique_ptr<Policy> policy, Blocks blocks)
      : runtime_(runtime), policy_(std::move(policy)), blocks_(blocks) {}

  void runnable(ThreadId thread, Why why, Instant now) override {
    const std::uint64_t before = blocks_();
    policy_->runnable(thread, why, now);
    charge(wave::Work::kHandleMessage, before);
  }
  void gone(ThreadId thread) override {
    const std::uint64_t before = blocks_();
    policy_->gone(thread);
    charge(wave::Work::kHandleMessage, before);
  }
  std::optional<ThreadId> pick(Cpu cpu, Instant now) override {
    const std::uint64_t before = blocks_();
    const std::optional<ThreadId> next = policy_->pick(cpu, now);
    charge(wave::Work::kDecide, before);
    return next;
  }
  void word(ThreadId thread, std::uint64_t word) override {
    const std::uint64_t before = blocks_();
    policy_->word(thread, word);
    charge(wave::Work::kHandleMessage, before);
  }
  bool reads_words() const override { return policy_->reads_words(); }
  std::optional<Instant> slice() const override { return policy_->slice(); }

 private:
  void charge(wave::Work part_of, std::uint64_t before) {
    runtime_.charge_blocks(part_of, static_cast<std::int64_t>(blocks_() - before));
  }

  wave::Runtime& runtime_;
  const std::unique_ptr<Policy> policy_;
  const Blocks blocks_;
};

}  // namespace scheduling
