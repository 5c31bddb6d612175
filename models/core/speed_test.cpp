// SPDX-License-Identifier: Apache-2.0
// A core's speed that changes while it runs.
#include <gtest/gtest.h>
#include <vector>

#include "models/core/core.h"

namespace core {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Frequency;
using sim::Time;

constexpr Frequency kFull = kReferenceClock;
constexpr Frequency kHalf = Frequency::gigahertz(1.75);

struct Recorder : Package {
  struct Change {
    Time at;
    bool halted;
    bool operator==(const Change&) const = default;
  };
  explicit Recorder(sim::Simulation& s) : sim(s) {}
  void halted(memory::CoreIndex, IdleState) override { changes.push_back({sim.now(), true}); }
  void resumed(memory::CoreIndex) override { changes.push_back({sim.now(), false}); }
  bool gated(memory::CoreIndex) const override { return true; }
  sim::Simulation& sim;
  std::vector<Change> changes;
};

struct SpeedBench {
  sim::Simulation sim;
  memory::Domain domain{"host", {}, 1, {Duration{0}}};
  Core core{sim, "cpu0", domain, 0, {}};
  Time done{};

  void start(std::function<void()> program) {
    core.start([this, program = std::move(program)] {
      program();
      core.sync();
      done = sim.now();
    });
  }
  /// Works to the end, however often it is unparked.
  void work(Duration on_reference) { core.work_through(on_reference); }
  void at(Duration when, Frequency clock, double share = 1.0) {
    sim.at(Time{when}, [this, clock, share] { core.set_speed(clock, share); });
  }
};

TEST(CoreSpeed, SplitsWorkExactlyWhereTheClockChanges) {
  SpeedBench bench;
  bench.at(30us, kHalf);
  bench.start([&] { bench.work(100us); });
  bench.sim.run();
  EXPECT_EQ(bench.done, Time{30us + 2 * 70us});
}

TEST(CoreSpeed, SplitsWorkAtEveryChange) {
  SpeedBench bench;
  bench.at(10us, kHalf);
  bench.at(30us, kFull);
  bench.at(40us, kHalf);
  bench.start([&] { bench.work(100us); });
  bench.sim.run();
  EXPECT_EQ(bench.done, Time{10us + 20us + 10us + 2 * 70us});  // 10 us of work each, then the rest
}

TEST(CoreSpeed, GivesTheWholeOfWorkThatBeginsLaterToTheNewSpeed) {
  SpeedBench bench;
  bench.at(1us, kHalf);  // while it is ahead of the simulation
  bench.start([&] {
    bench.core.spend(2us);
    bench.work(10us);
  });
  bench.sim.run();
  EXPECT_EQ(bench.done, Time{2us + 20us});
}

TEST(CoreSpeed, LeavesWorkThatEndsAtTheInstantOfTheChangeAlone) {
  SpeedBench bench;
  bench.at(10us, kHalf);
  bench.start([&] { bench.work(10us); });
  bench.sim.run();
  EXPECT_EQ(bench.done, Time{10us});
}

TEST(CoreSpeed, IsAShareOfThePipelineToo) {
  SpeedBench bench;
  bench.at(0us, kHalf, 0.5);
  bench.start([&] {
    bench.core.sleep_until(Time{1us});
    bench.work(10us);
  });
  bench.sim.run();
  EXPECT_EQ(bench.done, Time{1us + 40us});
}

TEST(CoreSpeed, ComputesAtTheSpeedOfTheSegmentsBeginning) {
  SpeedBench bench;
  bench.at(50us, kHalf);
  bench.start([&] {
    bench.core.compute(100us);
    bench.core.sync();
    bench.core.compute(100us);
  });
  bench.sim.run();
  EXPECT_EQ(bench.done, Time{100us + 200us});
}

TEST(CoreSpeed, ScalesHitsInTheOwnCacheWithTheClockButNotWithTheShare) {
  SpeedBench bench;
  memory::CoherentLine line;
  Duration full{};
  Duration half{};
  bench.start([&] {
    const auto touch = [&] {
      const Time begin = bench.core.now();
      bench.core.touch(line);
      return bench.core.now() - begin;
    };
    touch();  // the line comes here
    full = touch();
    bench.core.set_speed(kHalf, 0.5);
    half = touch();
  });
  bench.sim.run();
  EXPECT_EQ(full, kFull.time_for(sim::Cycles{4}));
  EXPECT_EQ(half, kHalf.time_for(sim::Cycles{4}));
}

TEST(CoreSpeed, EndsWorkWhenSomebodyUnparksTheCoreAndSaysWhatIsLeft) {
  SpeedBench bench;
  Duration left{};
  bool unparked = false;
  bench.sim.at(Time{4us}, [&] { bench.core.unpark(); });
  bench.start([&] {
    left = bench.core.scaled(10us);
    unparked = bench.core.work(left);
  });
  bench.sim.run();
  EXPECT_TRUE(unparked);
  EXPECT_EQ(left, 6us);
}

/// Any order of speeds: what is done in each stretch sums up to the work, to a picosecond a change.
TEST(CoreSpeed, DoesTheSameWorkWhateverTheSpeedsInBetween) {
  SpeedBench bench;
  constexpr int kChanges = 200;
  double done = 0;  // on the reference core, in picoseconds
  for (int i = 0; i < kChanges; ++i) {
    const auto clock = Frequency::megahertz(1500 + 25 * (i * 37 % 80));
    bench.at(i * 1us, clock);
    done += 1e6 * static_cast<double>(clock.hertz()) / static_cast<double>(kFull.hertz());
  }
  const auto work = Duration{static_cast<std::int64_t>(done)};
  bench.start([&] { bench.work(work); });
  bench.sim.run();
  EXPECT_NEAR(sim::to_ns(bench.done - Time{}), 1e3 * kChanges, 1e-3 * kChanges);
}

TEST(CoreSpeed, TellsThePackageOfHaltsAndWakeUpsAtTheCoresOwnPresent) {
  SpeedBench bench;
  Recorder package(bench.sim);
  bench.core.attach(package);
  bench.sim.at(Time{5us}, [&] { bench.core.unpark(); });
  bench.start([&] {
    bench.core.compute(2us);  // ahead of the simulation
    bench.core.halt(IdleState::kC1);
    bench.core.park();
    bench.core.spend(3us);  // waking up
    bench.core.resume();
  });
  EXPECT_EQ(bench.core.gated(), true);
  bench.sim.run();
  EXPECT_EQ(package.changes,
            (std::vector<Recorder::Change>{{Time{2us}, true}, {Time{8us}, false}}));
}

}  // namespace
}  // namespace core
