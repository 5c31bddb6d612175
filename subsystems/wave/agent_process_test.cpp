// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent_process.h"

#include <gtest/gtest.h>
#include <vector>

#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;

constexpr QueuePlace kQueue{.offset = 0, .capacity = 8, .words = 5};
constexpr SlotPlace kSlot{.offset = 8 * kSlotBytes};

struct Bench1 : Bench {
  /// Does what the test says in its turn of the loop.
  class Loop : public Program {
   public:
    Loop(Runtime& runtime, Bench1& bench) : runtime_(runtime), bench_(bench) {}
    void run() override {
      while (!runtime_.leaving()) {
        const Event event = runtime_.poll(kNever);
        if (event.kind != Event::Kind::kMessage) continue;
        bench_.messages_taken.push_back(event.slot[2]);
        if (bench_.then) bench_.then(runtime_);
      }
    }

   private:
    Runtime& runtime_;
    Bench1& bench_;
  };

  AgentParts parts() {
    return {.core = nic0,
            .mapping = agent,
            .notifier = notifier,
            .costs = costs,
            .memory = {.queues = {kQueue}, .slots = {kSlot}},
            .program = [this](Runtime& r) { return std::make_unique<Loop>(r, *this); },
            .may_fail = true};
  }
  void send(std::uint64_t what) {
    cpu0.start([this, what] {
      producer.send(cpu0, Slot{0, 0, what, 1, 1, 1, 1, 0});
      cpu0.sync();
    });
    sim.run_until(sim.now() + 5us);
  }

  AgentCosts costs;
  Producer producer{messages, kQueue};
  std::vector<std::uint64_t> messages_taken;
  std::function<void(Runtime&)> then;
};

TEST(AgentProcess, FindsNothingOfWhatWasInItsMemoryBefore) {
  Bench1 bench;
  bench.send(11);
  AgentProcess process(bench.parts());
  process.start();
  bench.producer.move_to(kQueue);
  bench.send(12);
  EXPECT_EQ(bench.messages_taken, std::vector<std::uint64_t>{12});
}

TEST(AgentProcess, DoesNothingMoreOnceItIsKilled) {
  Bench1 bench;
  AgentProcess process(bench.parts());
  process.start();
  EXPECT_TRUE(process.alive());
  bench.send(11);
  int gone = 0;
  process.kill([&] { ++gone; });
  EXPECT_FALSE(process.alive());
  EXPECT_EQ(gone, 1);
  bench.send(12);
  EXPECT_EQ(bench.messages_taken, std::vector<std::uint64_t>{11});
  process.kill([&] { ++gone; });  // whoever asks is told
  EXPECT_EQ(gone, 2);
}

/// The kernel's code on the agent's core is not the agent's to leave half done.
TEST(AgentProcess, DiesAtTheEndOfTheSystemCallThatItIsIn) {
  Bench1 bench;
  Time call_ends{};
  bench.notifier.then = [&](int) {
    bench.nic0.sleep_until(bench.nic0.now() + 2us);
    call_ends = bench.nic0.now();
  };
  bool came_back = false;
  bench.then = [&](Runtime& runtime) {
    runtime.notify(0);
    came_back = true;
  };
  AgentProcess process(bench.parts());
  process.start();
  Time gone_at{};
  int gone = 0;
  bench.notifier.then = [&, before = bench.notifier.then](int cpu) {
    bench.sim.after(1us, [&] {
      for (int i = 0; i < 2; ++i)
        process.kill([&] {
          gone_at = bench.sim.now();
          ++gone;
        });
      EXPECT_TRUE(process.alive());
    });
    before(cpu);
  };
  bench.send(11);
  EXPECT_FALSE(process.alive());
  EXPECT_EQ(gone, 2);
  EXPECT_EQ(gone_at, call_ends);
  EXPECT_FALSE(came_back);
}

}  // namespace
}  // namespace wave
