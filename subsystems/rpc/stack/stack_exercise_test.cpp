// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "subsystems/rpc/stack/exercise.h"

namespace rpc {
namespace {

/// Another script for each seed (Knuth's MMIX generator).
std::vector<std::uint8_t> script_of(std::uint64_t seed, std::size_t length) {
  std::vector<std::uint8_t> script(length);
  std::uint64_t state = seed;
  for (std::uint8_t& byte : script) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<std::uint8_t>(state >> 56);
  }
  return script;
}

ProgramStats expect_all_well(const StackOptions& options, Worker workers) {
  ProgramStats all;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto script = script_of(seed, 2000);
    Exercise exercise(script, options, workers);
    EXPECT_EQ(exercise.run(), "") << "seed " << seed;
    all = all + exercise.stats();
  }
  return all;
}

TEST(StackExercise, LosesNothingAndGivesNothingTwiceWhateverHappens) {
  const ProgramStats all = expect_all_well({.mtu = 100, .most_waiting = 3}, 2);
  // What the scripts are worth: they reach every branch but those that have a test below.
  using S = ProgramStats;
  for (const auto count : {&S::packets, &S::bad_segments, &S::duplicates, &S::messages,
                           &S::wrong_size, &S::not_requests, &S::requests, &S::expired, &S::refused,
                           &S::given, &S::waited, &S::replies, &S::stray_replies, &S::sent})
    EXPECT_GT(all.*count, 0);
  for (std::size_t way = 0; way < kWaysToBeMalformed; ++way)
    EXPECT_GT(all.malformed.of(static_cast<Malformed>(way)), 0) << way;
}

TEST(StackExercise, StaysBoundedWhenMessagesAreForgotten) {
  EXPECT_GT(expect_all_well({.most_waiting = 3, .most_incomplete = 2}, 2).forgotten, 0);
}

TEST(StackExercise, AnswersOrDropsEverythingWithoutWorkers) {
  const ProgramStats all = expect_all_well({.most_waiting = 0}, 0);
  EXPECT_EQ(all.given, 0);
  EXPECT_EQ(all.requests, all.refused + all.expired);
}

TEST(StackExercise, KeepsNoMoreThanItMayWithoutWorkers) {
  EXPECT_EQ(expect_all_well({.most_waiting = 3}, 0).most_waiting, 3);
}

TEST(StackExercise, NeverRefusesWhereThereIsRoom) {
  EXPECT_EQ(expect_all_well({}, 64).refused, 0);
}

}  // namespace
}  // namespace rpc
