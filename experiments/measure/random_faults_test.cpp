// SPDX-License-Identifier: Apache-2.0
// Any policy, in any small system, under any load, with any faults: whatever happens, nothing is
// lost and nothing happens twice, and once the faults are over every request is answered.
//
// A failure prints the seed. To see it again:
//   WAVESIM_FAULT_SEED=123 build/release/experiments/experiments_test
//   --gtest_filter='*RandomFaults*'
// To try more: WAVESIM_FAULT_SEEDS=100000 in place of that.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "experiments/system/checked_server.h"
#include "experiments/system/server_bench.h"
#include "sim/json.h"
#include "sim/random.h"
#include "sim/sanitizer.h"
#include "sim/test_seeds.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using bench::Trace;
using memory::MemoryType;
using scheduling::Fallback;
using sim::Duration;
using sim::Time;

/// All that a seed stands for.
class DrawnFaults {
 public:
  explicit DrawnFaults(std::uint64_t seed) : random_(seed, "a system with faults") {
    draw_system();
    draw_life();
    draw_load();
    const int count = below(6);
    for (int i = 0; i < count; ++i) faults.push_back(draw_fault());
    if (coin()) machine.pcie.link.completion_timeout = between(50us, 2ms);
  }

  MachineParams machine;
  SystemParams system;
  workloads::RequestLoadParams load;
  std::vector<Duration> gaps;  // between requests
  std::vector<FaultParams> faults;

 private:
  static constexpr Duration kLatest = 3ms;  // of a fault's beginning
  static constexpr std::array kShipped{PolicyKind::kFifo, PolicyKind::kShinjuku,
                                       PolicyKind::kMultiQueueShinjuku};

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool coin() { return below(2) == 0; }
  Duration between(Duration low, Duration high) {
    return low + Duration{static_cast<std::int64_t>(
                     random_() % static_cast<std::uint64_t>((high - low).count()))};
  }
  template <class E>
  E any() {
    const auto all = enum_names(std::type_identity<E>{});
    return all[random_() % all.size()].value;
  }

  void draw_system() {
    system.placement = coin() ? Placement::kHost : Placement::kNic;
    system.workers = 1 + below(8);
    system.policy.kind = kShipped[random_() % kShipped.size()];
    system.policy.slice = between(5us, 50us);
    system.nic_mapping = coin() ? MemoryType::kUncached : MemoryType::kWriteBack;
    system.message_mapping = coin() ? MemoryType::kUncached : MemoryType::kWriteCombining;
    system.decision_mapping = coin() ? MemoryType::kUncached : MemoryType::kWriteThrough;
    system.prestage = coin();
    system.queue_capacity = below(4) == 0 ? 8 << below(3) : 256;
    system.renotify_after = coin() ? between(20us, 200us) : Duration{0};
    system.check_memory = below(4) == 0;
  }

  void draw_life() {
    AgentLifeParams& life = system.life.emplace();
    life.keeper.watchdog = between(500us, 5ms);
    life.keeper.look_every = between(50us, 500us);
    life.keeper.nudge = coin();
    life.keeper.fallback = any<Fallback>();
    life.keeper.restart = life.keeper.fallback == Fallback::kNone || below(8) != 0;
    life.keeper.restart_after = between(0us, 500us);
    life.launcher.start = between(20us, 500us);
    life.launcher.kill = between(1us, 100us);
  }

  void draw_load() {
    load.threads = 4 + below(40);
    load.generators = 1 + below(3);
    load.service.kind = workloads::ServiceKind::kExponential;
    load.service.mean = between(2us, 30us);
    const Duration usual = load.service.mean / system.workers * (1 + below(4));
    const int requests = 50 + below(200);
    for (int i = 0; i < requests; ++i) gaps.push_back(between(1ns, 2 * usual));
    if (coin()) gaps[static_cast<std::size_t>(below(requests))] = between(500us, 2ms);  // a lull
  }

  FaultParams draw_fault() {
    FaultParams fault;
    do fault.kind = any<FaultKind>();
    while (system.placement == Placement::kHost &&
           (fault.kind == FaultKind::kLinkStall || fault.kind == FaultKind::kMsixLost));
    fault.at = between(0us, kLatest);
    fault.length = coin() ? between(1us, 200us) : between(200us, 10ms);
    fault.share = coin() ? 1 : 0.01 * (1 + below(100));
    fault.factor = 1 + below(50);
    return fault;
  }

  sim::Stream random_;
};

/// What a run came to: what went wrong, or nothing.
struct Outcome {
  std::string wrong;
  std::uint64_t hash = 0;
};

Outcome run(const DrawnFaults& drawn, std::uint64_t seed) {
  workloads::RequestLoadParams load = drawn.load;
  const Trace trace(drawn.gaps);
  trace.use_in(load);
  bench::CheckedServer server(drawn.machine, drawn.system, load, seed, drawn.faults);
  const auto requests = static_cast<std::int64_t>(drawn.gaps.size());
  constexpr Duration kStep = 100us;
  constexpr Duration kPatience = 100ms;  // of anybody who waits for an answer
  for (Time now{}; now < Time{kPatience}; now += kStep) {
    server.run_until(now);
    try {
      server.check_invariants();
    } catch (const std::logic_error& broken) {
      return {.wrong = std::string(broken.what()) + " at " +
                       std::to_string(sim::to_us(now.time_since_epoch())) + " us"};
    }
    if (server.stats().requests.completed == requests)
      return {.wrong = {}, .hash = server.simulation().hash()};
  }
  return {.wrong = std::to_string(requests - server.stats().requests.completed) + " of " +
                   std::to_string(requests) + " requests were never answered"};
}

std::string description(const DrawnFaults& drawn) {
  std::string text = sim::write_text(drawn.system);
  for (const FaultParams& fault : drawn.faults) text += sim::write_text(fault);
  return text;
}

void try_seed(std::uint64_t seed) {
  const DrawnFaults drawn(seed);
  const Outcome outcome = run(drawn, seed);
  EXPECT_EQ(outcome.wrong, "") << "seed " << seed << "; again: WAVESIM_FAULT_SEED=" << seed
                               << " experiments_test --gtest_filter='*RandomFaults*'\n"
                               << description(drawn);
}

constexpr std::uint64_t kSeeds = sim::kSanitized ? 200 : 4000;

/// A part of the seeds, so that parts can run side by side.
class RandomFaults : public testing::TestWithParam<std::uint64_t> {
 public:
  static constexpr std::uint64_t kParts = 4;
};

TEST_P(RandomFaults, LoseNothingAndEveryRequestIsAnswered) {
  sim::try_seeds(kSeeds, try_seed, {.number = GetParam(), .parts = kParts});
}

INSTANTIATE_TEST_SUITE_P(All, RandomFaults, testing::Range(std::uint64_t{0}, RandomFaults::kParts));

TEST(RandomFaultsAgain, GiveTheSameRunForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const DrawnFaults drawn(seed);
    const Outcome first = run(drawn, seed);
    ASSERT_NE(first.hash, 0u) << seed;
    EXPECT_EQ(first.hash, run(drawn, seed).hash) << seed;
  }
}

}  // namespace
}  // namespace experiments
