// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/memory/fixed_path.h"
#include "sim/random.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/scheduling/policies/vm.h"
#include "subsystems/scheduling/syscall_notifier.h"
#include "subsystems/scheduling/test_bench.h"
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

/// The vCPUs of a few virtual machines, one of each in turn, and who wakes them at random.
class Guests {
 public:
  Guests(std::uint64_t seed, int vms, int vcpus, sim::Duration longest)
      : vms_(vms), random_(seed, "waker") {
    for (int v = 0; v < vcpus; ++v) guests_.emplace_back(seed, v, longest);
  }

  /// What an agent's policy is told of them.
  VmPolicyOptions options(Instant slice) const {
    VmPolicyOptions all{.vms = vms_, .vm_of = {-1}, .slice = slice};
    for (std::size_t v = 0; v < guests_.size(); ++v)
      all.vm_of.push_back(static_cast<VmId>(v) % vms_);
    return all;
  }
  VmId vm_of(const Thread& thread) const {
    return static_cast<VmId>(wave::scheduling::tid_of(thread.gtid) - 1) % vms_;
  }

  /// Enters them and never ends.
  void wake_at_random(Kernel& kernel, core::Core& by, wave::Producer& messages) {
    for (Guest& guest : guests_)
      threads_.push_back(&kernel.enter(guest, random_() % 2 == 0, by, messages));
    for (;;) {
      by.sleep_until(by.now() + sim::Duration{static_cast<std::int64_t>(random_() % 60'000'000)});
      Thread& thread = *threads_[random_() % threads_.size()];
      if (thread.state == Thread::State::kBlocked)
        kernel.wake(thread, by, messages, static_cast<int>(by.index()));
    }
  }

  std::vector<sim::Duration> runtimes() const {
    std::vector<sim::Duration> all;
    for (const Thread* thread : threads_) all.push_back(thread->status.runtime);
    return all;
  }

 private:
  const int vms_;
  sim::Stream random_;
  std::deque<Guest> guests_;
  std::vector<Thread*> threads_;
};

/// The host's ways to the queues and slots of an agent on it or beyond a link.
class HostMappings {
 public:
  HostMappings(sim::Simulation& sim, memory::Region& region, bool beyond_link)
      : path_(sim, 350ns, 350ns), own_(region, memory::MemoryType::kWriteBack) {
    if (!beyond_link) return;
    messages_.emplace(region, memory::MemoryType::kWriteCombining, path_);
    decisions_.emplace(region, memory::MemoryType::kWriteThrough, path_);
  }
  memory::Mapping& messages() { return messages_ ? *messages_ : own_; }
  memory::Mapping& decisions() { return decisions_ ? *decisions_ : own_; }

  /// The way of the agent itself.
  memory::Mapping& own() { return own_; }

 private:
  memory::FixedPath path_;
  memory::Mapping own_;
  std::optional<memory::Mapping> messages_;
  std::optional<memory::Mapping> decisions_;
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

inline std::unique_ptr<wave::Notifier> make_notifier(Kernel& kernel, bool beyond_link) {
  if (beyond_link) return std::make_unique<Interrupter>(kernel);
  return std::make_unique<SyscallNotifier>(kernel);
}

}  // namespace scheduling::bench
