// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/described_agent.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace scheduling {
namespace {

using namespace std::chrono_literals;

DescribedAgent with_everything() {
  return {.policy = "multi_queue_shinjuku",
          .slice = 30us,
          .slos = {200us, 50ms},
          .options = {.prestage = true,
                      .commit_flags = 5,
                      .long_run = 100us,
                      .renotify_after = 1ms,
                      .work_by_message = true}};
}

TEST(DescribedAgent, IsALineOfPicoseconds) {
  EXPECT_EQ(to_text({}), "fifo 0 0 0 -1 -1 0 0");
  EXPECT_EQ(to_text(with_everything()),
            "multi_queue_shinjuku 30000000 1 5 100000000 1000000000 1 2 200000000 50000000000");
}

TEST(DescribedAgent, IsTheSameWhenReadBack) {
  const DescribedAgent read = described_agent(to_text(with_everything()));
  EXPECT_EQ(read.policy, "multi_queue_shinjuku");
  EXPECT_EQ(read.slice, 30us);
  EXPECT_EQ(read.slos, (std::vector<Instant>{200us, 50ms}));
  EXPECT_TRUE(read.options.prestage);
  EXPECT_EQ(read.options.commit_flags, 5u);
  EXPECT_EQ(read.options.long_run, Instant{100us});
  EXPECT_EQ(read.options.renotify_after, Instant{1ms});
  EXPECT_TRUE(read.options.work_by_message);
  EXPECT_EQ(described_agent("fifo 0 0 0 -1 -1 0 0").options.long_run, std::nullopt);
  EXPECT_EQ(described_agent("shinjuku 7 0 0 -1 -1 0 0").slice, Instant{7});
}

std::string refusal(const std::string& text) {
  try {
    described_agent(text);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return "none";
}

TEST(DescribedAgent, IsRefusedInOneLine) {
  EXPECT_EQ(refusal("fifo 0 0"), "\"fifo 0 0\" is no agent");
  EXPECT_EQ(refusal("fifo 0 0 0 -1 -1 0 1000000"), "\"fifo 0 0 0 -1 -1 0 1000000\" is no agent");
  EXPECT_EQ(refusal("multi_queue_shinjuku 1 0 0 -1 -1 0 2 5"),
            "\"multi_queue_shinjuku 1 0 0 -1 -1 0 2 5\" lacks a class's objective");
  EXPECT_EQ(refusal("lifo 0 0 0 -1 -1 0 0"), "no policy is called lifo");
}

}  // namespace
}  // namespace scheduling
