// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "subsystems/scheduling/policies/policy_module.h"

// A policy as users write them first: of the threads that wait, the one that has run least often.
// It looks at all threads there are, at each decision.
namespace {

class LeastServed : public scheduling::Policy {
 public:
  void runnable(scheduling::ThreadId thread, Why, scheduling::Instant) override {
    const auto index = static_cast<std::size_t>(thread);
    if (index >= threads_.size()) threads_.resize(index + 1);
    threads_[index].waits = true;
  }
  void gone(scheduling::ThreadId thread) override {
    threads_[static_cast<std::size_t>(thread)].waits = false;
  }
  std::optional<scheduling::ThreadId> pick(scheduling::Cpu, scheduling::Instant) override {
    Thread* least = nullptr;
    for (Thread& thread : threads_)
      if (thread.waits && (least == nullptr || thread.served < least->served)) least = &thread;
    if (least == nullptr) return std::nullopt;
    least->waits = false;
    ++least->served;
    return static_cast<scheduling::ThreadId>(least - threads_.data());
  }

 private:
  struct Thread {
    bool waits = false;
    std::int64_t served = 0;
  };
  std::vector<Thread> threads_;
};

}  // namespace

WAVESIM_POLICY(LeastServed, "least_served");
