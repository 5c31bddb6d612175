// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/shard.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "sim/config_error.h"

namespace experiments {
namespace {

/// How many of the first `points` each shard has; a point that is not in exactly one is a failure.
std::vector<std::size_t> sizes_of_shards(std::size_t of, std::size_t points) {
  std::vector<std::size_t> sizes(of);
  for (std::size_t point = 0; point < points; ++point) {
    std::size_t owners = 0;
    for (std::size_t i = 0; i < of; ++i)
      if (Shard{i + 1, of}.has(point)) {
        ++owners;
        ++sizes[i];
      }
    EXPECT_EQ(owners, 1u) << "point " << point << " of shards of " << of;
  }
  return sizes;
}

TEST(Shard, OfAnyNumberAreDisjointCompleteAndEven) {
  for (std::size_t of = 1; of <= 40; ++of)
    for (const std::size_t points : std::initializer_list<std::size_t>{0, 1, 7, 40, 41, 100}) {
      const auto sizes = sizes_of_shards(of, points);
      const auto [least, most] = std::ranges::minmax(sizes);
      EXPECT_LE(most - least, 1u) << points << " points in " << of << " shards";
    }
}

TEST(Shard, DoesNotGetTheSameValueOfASweptPathEachTime) {
  std::vector<std::size_t> values;
  for (std::size_t point = 0; point < 16; ++point)
    if (Shard{1, 4}.has(point)) values.push_back(point % 4);
  EXPECT_EQ(values, (std::vector<std::size_t>{0, 3, 2, 1}));
}

TEST(Shard, IsAPartOfAWhole) {
  EXPECT_EQ(read_shard("2/8").number, 2u);
  EXPECT_EQ(read_shard("8/8").of, 8u);
  for (const char* wrong : {"", "2", "0/8", "9/8", "/8", "2/", "1/1x", " 1/2", "-1/2", "1/2/3",
                            "99999999999999999999/99999999999999999999"})
    EXPECT_THROW(read_shard(wrong), sim::ConfigError) << wrong;
}

}  // namespace
}  // namespace experiments
