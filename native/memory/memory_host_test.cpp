// SPDX-License-Identifier: Apache-2.0
#include "native/memory/memory_host.h"

#include <atomic>
#include <barrier>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

#include "native/memory/test_machine.h"
#include "native/memory/tiering_runtime.h"

namespace native {
namespace {

using namespace std::chrono_literals;

class MemoryHostOnMachine : public MachineTest {
 protected:
  const std::atomic<bool> go_on_ = false;
};

/// An agent's thread that decides nothing: which shares of the slow tier it was told, in turn.
std::vector<double> shares_told(TieringChannel& channel) {
  std::barrier<> meeting(1);
  TieringRuntime runtime(channel, meeting);
  runtime.answer({});
  std::vector<double> told;
  while (const auto bulk = runtime.receive()) {
    if (!bulk->ends_iteration) continue;
    told.push_back(bulk->slow_share);
    runtime.answer({});
  }
  return told;
}

TEST_F(MemoryHostOnMachine, TellsEveryPartHowMuchTheSlowTierServesAndAsksOnce) {
  Region region(8, 2);
  AccessBits bits(region);
  std::vector<std::unique_ptr<TieringChannel>> channels;
  for (int part = 0; part < 3; ++part) channels.push_back(std::make_unique<TieringChannel>());
  std::vector<double> answers;
  MemoryHost host(
      {.region = region,
       .bits = bits,
       .channels = channels,
       .times = {.shortest = 10ms, .periods = 2, .epoch_periods = 2},
       .slow_share =
           [&] { return answers.emplace_back(0.01 * static_cast<double>(answers.size() + 1)); },
       .epoch_over = [](sim::Duration) {},
       .check_agent = [] {}});
  std::vector<std::vector<double>> told(channels.size());
  std::vector<std::thread> agent;
  for (std::size_t part = 0; part < channels.size(); ++part)
    agent.emplace_back([&, part] { told[part] = shares_told(*channels[part]); });
  host.run(100ms, go_on_);
  for (std::thread& thread : agent) thread.join();
  EXPECT_EQ(std::ssize(answers), host.stats().iterations);
  for (const std::vector<double>& shares : told) EXPECT_EQ(shares, answers);
}

}  // namespace
}  // namespace native
