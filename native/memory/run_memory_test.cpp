// SPDX-License-Identifier: Apache-2.0
#include "native/memory/run_memory.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <vector>

#include "native/memory/test_machine.h"
#include "native/memory/tiering_threads.h"
#include "sim/config_error.h"

namespace native {
namespace {

using namespace std::chrono_literals;

class RunMemory : public MachineTest {
 protected:
  const std::atomic<bool> go_on_ = false;
};

/// Few batches, most of whose accesses go to a few of them: on a machine with other work, too, a
/// scan tells these from the others.
MemoryOptions small() {
  MemoryOptions options;
  options.batches = 64;
  options.batch_pages = 32;
  options.shortest_period = 25ms;
  options.periods = 3;
  options.epoch_periods = 4;
  options.load = {.threads = 2, .accesses = 5'000, .exponent = 1.5};
  options.length = 2500ms;  // at least five epochs of 400 ms, if the machine is not too busy
  return options;
}

TEST_F(RunMemory, KeepsHotBatchesFastAndLosesNothing) {
  const MemoryReport report = run_memory(small(), go_on_);
  ASSERT_GE(report.daemon.epochs, 2);
  EXPECT_EQ(report.lost, 0);
  // Zipf's law gives the twelve most popular of 64 batches 0.86 of the accesses.
  EXPECT_LE(report.fast_batches, 40);
  EXPECT_GE(report.popular_fast, 1);
  EXPECT_GE(report.popular_fast, report.fast_batches / 2);
  EXPECT_GT(report.epochs.back().hit_rate, 0.7);
  EXPECT_GT(report.migrator.to_slow, 0);
  EXPECT_GT(report.accesses.slow, 0);
}

TEST_F(RunMemory, HasSeveralThreadsOfTheAgentMeet) {
  MemoryOptions options = small();
  options.agents = 3;
  options.length = 1s;
  const MemoryReport report = run_memory(options, go_on_);
  EXPECT_GE(report.daemon.epochs, 1);
  EXPECT_EQ(report.daemon.refused_moves, 0);
  EXPECT_EQ(report.daemon.refused_periods, 0);
  EXPECT_EQ(report.sol.unknown_batches + report.sol.impossible_counts, 0);
  EXPECT_EQ(report.lost, 0);
}

TEST_F(RunMemory, ScansEverythingAtTheEndOfAnEpoch) {
  MemoryOptions options = small();
  options.periods = 1;
  options.epoch_periods = 1;
  options.length = 300ms;
  const MemoryReport report = run_memory(options, go_on_);
  EXPECT_EQ(report.daemon.epochs, report.daemon.iterations);
  EXPECT_EQ(report.daemon.scans, 64 * report.daemon.iterations);
  EXPECT_EQ(report.by_period, std::vector<std::int64_t>{64});
}

TEST_F(RunMemory, EndsWhenItIsInterrupted) {
  MemoryOptions options = small();
  options.length = 1000s;
  const std::atomic<bool> interrupted = true;
  EXPECT_EQ(run_memory(options, interrupted).daemon.iterations, 0);
}

TEST(CheckOfMemoryOptions, NamesWhatIsOutOfBounds) {
  MemoryOptions options;
  options.periods = 9;
  EXPECT_THROW(check(options), sim::ConfigError);
  options = {};
  options.batches = 2;
  options.agents = 3;
  EXPECT_THROW(check(options), sim::ConfigError);
}

class Thrower : public tiering::Policy {
 public:
  void observe(std::span<const tiering::Scan>, tiering::Work&) override {}
  void choose_periods(std::span<tiering::Period>, tiering::Work&) override {
    throw std::runtime_error("no idea");
  }
  void estimate(std::span<float>, tiering::Work&) override {}
};

TEST(TieringThreads, TellWhatAThreadHasThrown) {
  std::vector<std::unique_ptr<TieringChannel>> channels;
  channels.push_back(std::make_unique<TieringChannel>());
  std::vector<tiering::TieringAgent::PartPolicy> policies;
  policies.push_back({.policy = std::make_unique<Thrower>(), .batches = 4});
  TieringThreads threads(std::move(policies), {}, channels);
  threads.join();
  EXPECT_THROW(threads.check(), std::runtime_error);
}

}  // namespace
}  // namespace native
