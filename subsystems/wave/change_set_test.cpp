// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/change_set.h"

#include <gtest/gtest.h>
#include <set>

namespace wave {
namespace {

/// Three words of 64, the last not full.
constexpr std::size_t kSize = 150;

std::optional<std::size_t> by_walking(const std::set<std::size_t>& changed, std::size_t start) {
  for (std::size_t steps = 0; steps < kSize; ++steps)
    if (changed.contains((start + steps) % kSize)) return steps;
  return std::nullopt;
}

TEST(ChangeSet, FindsTheNextFromAnyPlaceOnwardsAndAround) {
  for (const std::set<std::size_t>& changed :
       {std::set<std::size_t>{}, {0}, {149}, {63, 64}, {70}, {5, 140}, {64, 127, 128}}) {
    ChangeSet set;
    set.resize(kSize);
    for (const std::size_t i : changed) set.insert(i);
    for (std::size_t start = 0; start < kSize; ++start)
      EXPECT_EQ(set.steps_to_next(start), by_walking(changed, start)) << start;
  }
}

TEST(ChangeSet, ForgetsOneAtATime) {
  ChangeSet set;
  set.resize(kSize);
  for (const std::size_t i : {3u, 66u}) set.insert(i);
  set.erase(3);
  EXPECT_EQ(set.steps_to_next(0), 66u);
  set.erase(66);
  EXPECT_EQ(set.steps_to_next(0), std::nullopt);
}

}  // namespace
}  // namespace wave
