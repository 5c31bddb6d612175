// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/wake_costs.h"

#include <string>

#include "subsystems/scheduling/kernel.h"
#include "subsystems/scheduling/thread.h"
#include "subsystems/wave/message_queue.h"

namespace experiments {
namespace {

using core::IdleState;
using sim::Duration;
using sim::Time;

/// Waits, and when it is woken notes when it has the CPU.
class Sleeper : public scheduling::ThreadBody {
 public:
  scheduling::Step next(core::Core& cpu) override {
    ran = cpu.now();
    return {.kind = scheduling::Step::Kind::kBlock};
  }
  Time ran{};
};

core::IdleParams always(core::IdleParams params, IdleState state) {
  params.c1_residency = state == IdleState::kPoll ? Duration::max() : Duration{0};
  params.c2_residency = state == IdleState::kC2 ? Duration{0} : Duration::max();
  return params;
}

/// A CPU on which a thread waits, and a core that wakes it.
struct WakeBench {
  WakeBench(const KernelHost& host, IdleState state)
      : domain("host", host.caches, kKernelCpus, host.transfers),
        region(sim, "queue", domain, sim::Bytes{kQueue.capacity * wave::kSlotBytes}),
        mapping(region, memory::MemoryType::kWriteBack),
        messages(mapping, kQueue),
        waiter(sim, "cpu0", domain, 0, host.core),
        waker(sim, "cpu1", domain, 1, host.core),
        kernel(idling(host.linux_kernel, state),
               {.threads_enter = scheduling::SchedulingClass::kFair}) {
    kernel.add_cpu(waiter);
  }
  static scheduling::KernelParams idling(scheduling::KernelParams params, IdleState state) {
    params.idle = always(params.idle, state);
    params.tick = Duration{0};
    return params;
  }

  struct WakeUp {
    Duration call{};
    Duration all{};
  };
  /// The last of some: all lines are where they belong. Sleeps are of 20 us.
  WakeUp run() {
    constexpr int kRounds = 5;
    Sleeper body;
    Time begin{}, returned{};
    kernel.start();
    waker.start([&] {
      scheduling::Thread& thread = kernel.enter(body, true, waker, messages);
      for (int round = 0; round < kRounds; ++round) {
        waker.sleep_until(waker.now() + std::chrono::microseconds{20});
        begin = waker.now();
        kernel.wake(thread, waker, messages, kKernelCpus);
        returned = waker.now();
      }
      waker.sync();
    });
    sim.run_until(Time{std::chrono::milliseconds{1}});
    return {.call = returned - begin, .all = body.ran - begin};
  }

  static constexpr wave::QueuePlace kQueue{
      .offset = 0, .capacity = 64, .words = wave::scheduling::kMessageWords};
  sim::Simulation sim;
  memory::Domain domain;
  memory::Region region;
  memory::Mapping mapping;
  wave::Producer messages;
  core::Core waiter;
  core::Core waker;
  scheduling::Kernel kernel;
};

}  // namespace

void measure_wake_ups(const KernelHost& host, HardwareResult& result) {
  const auto measure = [&](IdleState state, const std::string& name) {
    WakeBench bench(host, state);
    const WakeBench::WakeUp found = bench.run();
    result.account(bench.sim);
    result.values.emplace_back("wake_" + name + "_call_ns", sim::to_ns(found.call));
    result.values.emplace_back("wake_" + name + "_ns", sim::to_ns(found.all));
  };
  measure(IdleState::kPoll, "poll");
  measure(IdleState::kC1, "c1");
  measure(IdleState::kC2, "c2");
}

}  // namespace experiments
