// SPDX-License-Identifier: Apache-2.0
#include "native/memory/tiering_channel.h"

#include <barrier>
#include <chrono>
#include <gtest/gtest.h>
#include <numeric>
#include <thread>
#include <vector>

#include "native/memory/tiering_runtime.h"

namespace native {
namespace {

using namespace std::chrono_literals;
using tiering::Batch;
using tiering::Period;
using tiering::Scan;

TEST(TieringChannel, BringsScansAsTheyWereShippedThoughTheQueueIsShort) {
  TieringChannel channel(4);
  std::vector<Scan> sent;
  for (int i = 0; i < 1000; ++i)
    sent.push_back({.batch = i,
                    .accessed = static_cast<std::uint16_t>(i % 65),
                    .period = static_cast<Period>(i % 6)});
  std::thread host([&] {
    channel.to_agent().send_all(TieringChannel::kScans, std::span<const Scan>(sent));
    const ShipmentEnd end{.iteration = 3, .epoch = 2, .ends_iteration = 1, .slow_share = 0.25};
    channel.to_agent().send_all(TieringChannel::kShipment, std::span(&end, 1));
    channel.to_agent().send(wave::Slot{std::uint64_t{TieringChannel::kLeave} << 32});
  });
  std::barrier<> meeting(1);
  TieringRuntime runtime(channel, meeting);
  const auto bulk = runtime.receive();
  ASSERT_TRUE(bulk);
  ASSERT_EQ(bulk->scans.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(bulk->scans[i].batch, sent[i].batch);
    EXPECT_EQ(bulk->scans[i].accessed, sent[i].accessed);
    EXPECT_EQ(bulk->scans[i].period, sent[i].period);
  }
  EXPECT_TRUE(bulk->ends_iteration);
  EXPECT_EQ(bulk->epoch, 2);
  EXPECT_FALSE(bulk->restate);
  EXPECT_EQ(bulk->slow_share, 0.25);
  EXPECT_FALSE(runtime.receive());
  host.join();
}

TEST(TieringChannel, BringsAnAnswerWholeAndInOrder) {
  TieringChannel channel;
  std::barrier<> meeting(1);
  TieringRuntime runtime(channel, meeting);
  std::vector<Period> periods(100);
  std::iota(periods.begin(), periods.end(), Period{0});
  const std::vector<Batch> to_fast{5, 1, 70'000};
  runtime.answer({.periods = periods, .to_fast = to_fast, .to_slow = {}});

  std::vector<Period> got_periods;
  std::vector<Batch> got_fast, iteration;
  while (iteration.empty()) {
    const auto slot = channel.to_host().receive(1s);
    ASSERT_TRUE(slot);
    switch (kind_of(*slot)) {
      case TieringChannel::kPeriods:
        append_items(*slot, got_periods);
        break;
      case TieringChannel::kToFast:
        append_items(*slot, got_fast);
        break;
      case TieringChannel::kAnswer:
        append_items(*slot, iteration);
        break;
      default:
        FAIL() << kind_of(*slot);
    }
  }
  EXPECT_EQ(got_periods, periods);
  EXPECT_EQ(got_fast, to_fast);
  EXPECT_EQ(iteration, std::vector<Batch>{0});  // before the first
  EXPECT_FALSE(channel.to_host().receive(1ms));
}

}  // namespace
}  // namespace native
