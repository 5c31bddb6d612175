// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "sim/random.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/notifier.h"

/// For tests of agents that schedule virtual machines.
namespace scheduling::bench {

/// A vCPU that runs, halts and yields at random.
class Guest : public ThreadBody {
 public:
  Guest(std::uint64_t seed, int number, sim::Duration longest)
      : random_(seed, "guest " + std::to_string(number)), longest_(longest) {}
  Step next(core::Core&) override {
    if (std::exchange(running_, !running_))
      return {.kind = random_() % 8 == 0 ? Step::Kind::kYield : Step::Kind::kBlock};
    const auto below = static_cast<std::uint64_t>(longest_.count());
    return {.kind = Step::Kind::kRun,
            .work = sim::Duration{static_cast<std::int64_t>(random_() % below)}};
  }
  bool is_guest() const override { return true; }

 private:
  sim::Stream random_;
  const sim::Duration longest_;
  bool running_ = false;
};

/// An agent beyond a link makes a CPU look by an interrupt that takes its time, and may be lost.
class Interrupter : public wave::Notifier {
 public:
  explicit Interrupter(Kernel& kernel) : kernel_(kernel) {}
  void notify(core::Core& agent, int cpu) override {
    agent.store_fence();
    agent.sync();
    HostCpu* const target = kernel_.notified(cpu);
    if (target == nullptr || agent.now() < lost_until) return;
    agent.simulation().after(std::chrono::nanoseconds{900},
                             [target] { target->interrupt(HostCpu::Interrupt::kDecision); });
  }
  sim::Time lost_until{};

 private:
  Kernel& kernel_;
};

}  // namespace scheduling::bench
