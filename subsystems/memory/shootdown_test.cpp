// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/shootdown.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace tiering {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

constexpr Duration kLine = 50ns;
constexpr Duration kFlush = 100ns;
constexpr core::InterruptParams kInterrupts{.ipi_send = 150ns,
                                            .ipi_deliver = 300ns,
                                            .ipi_deliver_cross = 900ns,
                                            .receive = 400ns,
                                            .leave = 70ns};

/// A core that asks, and others that run the same process.
struct ShootdownBench {
  explicit ShootdownBench(std::vector<int> sockets,
                          const core::InterruptParams& interrupts = kInterrupts)
      : domain("host", {}, int(sockets.size()) + 1, table(sockets.size() + 1)),
        shootdown(interrupts, kFlush) {
    for (std::size_t c = 0; c <= sockets.size(); ++c)
      cores.emplace_back(sim, "cpu" + std::to_string(c), domain, int(c), core::CoreParams{});
    for (std::size_t t = 0; t < sockets.size(); ++t) {
      shootdown.add_target(cores[t + 1], sockets[t]);
      cores[t + 1].start([this, t] { shootdown.serve(int(t)); });
    }
  }
  static std::vector<Duration> table(std::size_t n) {
    std::vector<Duration> all(n * n, kLine);
    for (std::size_t i = 0; i < n; ++i) all[i * n + i] = Duration{0};
    return all;
  }
  /// The `rounds`-th: lines are where the one before left them.
  Duration flush(int rounds) {
    Duration took{};
    cores.front().start([&] {
      core::Core& by = cores.front();
      for (int i = 0; i < rounds; ++i) {
        by.sleep_until(by.now() + 10us);  // the targets have left their handlers
        const Time begin = by.now();
        shootdown.flush(by, 0);
        took = by.now() - begin;
      }
      by.sync();
    });
    sim.run();
    return took;
  }

  sim::Simulation sim;
  memory::Domain domain;
  Shootdown shootdown;
  std::deque<core::Core> cores;
};

Duration hit() {
  return core::CoreParams{}.clock.time_for(core::CoreParams{}.l1_hit);
}

TEST(Shootdown, OfAProcessOnOneCoreIsItsOwnFlush) {
  EXPECT_EQ(ShootdownBench({}).flush(2), kFlush);
}

/// Request and lock go out, the interrupt, the handler with its flush, the answer comes back. The
/// lock's line moves twice more: to the target, which answers, and back.
TEST(Shootdown, OfASecondCoreTakesTheSumOfItsSteps) {
  const Duration steps = kFlush + 2 * (kLine + hit()) + kInterrupts.ipi_send +
                         kInterrupts.ipi_deliver + kInterrupts.receive + (kLine + hit()) + kFlush +
                         (kLine + hit()) + (kLine + hit());
  // The answer's line is still shared with the target, so that to lock it takes the same.
  EXPECT_EQ(ShootdownBench({0}).flush(2), steps);
}

/// Further cores of the cluster are told by the same interrupt and answer at the same time: each is
/// a request, a lock and an answer more.
TEST(Shootdown, OfFurtherCoresTakesThreeLinesEach) {
  const Duration two = ShootdownBench({0}).flush(2);
  EXPECT_EQ(ShootdownBench({0, 0}).flush(2) - two, 3 * (kLine + hit()));
  EXPECT_EQ(ShootdownBench({0, 0, 0}).flush(2) - two, 6 * (kLine + hit()));
}

TEST(Shootdown, SendsAnInterruptForEachClusterAndEachSocket) {
  const auto flush = [](int near, int far) {
    std::vector<int> sockets(std::size_t(near), 0);
    sockets.resize(std::size_t(near + far), 1);
    core::InterruptParams slow = kInterrupts;
    slow.ipi_send = 2us;
    return ShootdownBench(sockets, slow).flush(2);
  };
  const Duration line = kLine + hit();
  EXPECT_EQ(flush(16, 0) - flush(15, 0), 3 * line);
  // The 17th is told by a second interrupt. Sixteen answers are looked at before its own comes.
  EXPECT_EQ(flush(17, 0) - flush(16, 0), 2us + 3 * line - 16 * line);
  // So is one of the other socket, which has longer to go.
  EXPECT_EQ(flush(1, 1) - flush(1, 0),
            2us + 2 * line + kInterrupts.ipi_deliver_cross - kInterrupts.ipi_deliver);
}

TEST(Shootdown, ComesBackWhenTheLastCoreHasFlushed) {
  ShootdownBench bench({0, 1});
  const Duration took = bench.flush(1);
  EXPECT_GT(took, kInterrupts.ipi_deliver_cross + kInterrupts.receive + kFlush);
}

}  // namespace
}  // namespace tiering
