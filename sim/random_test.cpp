// SPDX-License-Identifier: Apache-2.0
#include "sim/random.h"

#include <Random123/philox.h>
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace sim {
namespace {

static_assert(std::uniform_random_bit_generator<Draws>);
static_assert(std::uniform_random_bit_generator<Stream>);
static_assert(!std::is_copy_constructible_v<Stream>);

std::vector<std::uint64_t> take(Draws& draws, int n) {
  std::vector<std::uint64_t> words;
  for (int i = 0; i < n; ++i) words.push_back(draws());
  return words;
}

std::vector<std::uint64_t> take(Draws&& draws, int n) {
  return take(draws, n);
}

// Published known answers of Philox4x64-10: counter and key of the digits of pi.
TEST(Random, ThePhiloxInstalledHereGivesThePublishedAnswers) {
  const r123::Philox4x64::ctr_type counter = {{0x243f6a8885a308d3, 0x13198a2e03707344,  //
                                               0xa4093822299f31d0, 0x082efa98ec4e6c89}};
  const r123::Philox4x64::key_type key = {{0x452821e638d01377, 0xbe5466cf34e90c6c}};
  const r123::Philox4x64::ctr_type expected = {{0xa528f45403e61d95, 0x38c72dbd566e9788,  //
                                                0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}};
  EXPECT_TRUE(r123::Philox4x64{}(counter, key) == expected);
}

TEST(Random, NamesAreHashedByFnv1a) {
  EXPECT_EQ(hash_name(""), 0xcbf29ce484222325);
  EXPECT_EQ(hash_name("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(hash_name("foobar"), 0x85944171f73967e8);
}

std::vector<std::uint64_t> philox(std::uint64_t block, std::uint64_t index, std::uint64_t row,
                                  std::uint64_t seed, std::string_view name) {
  const auto words = r123::Philox4x64{}({{block, index, row, 0}}, {{seed, hash_name(name)}});
  return {words.begin(), words.end()};
}

TEST(Random, AStreamIsPhiloxKeyedBySeedAndName) {
  Stream stream(7, "arrivals");
  EXPECT_EQ(take(stream, 4), philox(0, 0, 0, 7, "arrivals"));
  EXPECT_EQ(take(stream, 4), philox(1, 0, 0, 7, "arrivals"));
}

TEST(Random, ACustomerHasARowOfItsOwn) {
  const Stream stream(7, "arrivals");
  EXPECT_EQ(take(stream.at(5), 4), philox(0, 5, 1, 7, "arrivals"));
  EXPECT_EQ(take(stream.at(6), 4), philox(0, 6, 1, 7, "arrivals"));
}

TEST(Random, KnownAnswersHoldOnEveryCompiler) {
  Stream stream(1, "service");
  EXPECT_EQ(take(stream, 5),
            (std::vector<std::uint64_t>{10841108847991142904u, 11479165856484718999u,
                                        10716054443272981705u, 7227484576782995454u,
                                        2790266976615696249u}));
  EXPECT_EQ(take(stream.at(1'000'000), 3),
            (std::vector<std::uint64_t>{8906586218808203015u, 9783132636957053461u,
                                        2012530230067052916u}));
}

TEST(Random, ACustomersRowDoesNotDependOnWhatWasDrawnBefore) {
  Stream stream(3, "service");
  const auto fresh = take(stream.at(42), 9);
  take(stream, 1'001);
  take(stream.at(41), 77);
  EXPECT_EQ(take(stream.at(42), 9), fresh);
}

TEST(Random, AnotherStreamDisturbsNone) {
  Stream alone(3, "service");
  Stream between(3, "service");
  std::vector<std::uint64_t> interleaved;
  Stream other(3, "arrivals");
  for (int i = 0; i < 100; ++i) {
    interleaved.push_back(between());
    other();
  }
  EXPECT_EQ(interleaved, take(alone, 100));
}

TEST(Random, SeedNameIndexAndKindEachChangeTheNumbers) {
  std::set<std::uint64_t> firsts;
  for (const std::uint64_t seed : {1u, 2u}) {
    for (const char* name : {"a", "b"}) {
      Stream stream(seed, name);
      for (const std::uint64_t index : {0u, 1u}) firsts.insert(stream.at(index)());
      firsts.insert(stream());
    }
  }
  EXPECT_EQ(firsts.size(), 2u * 2u * 3u);
}

TEST(Random, AMovedStreamGoesOnWhereItWas) {
  Stream whole(1, "x");
  const auto expected = take(whole, 6);
  Stream first(1, "x");
  auto words = take(first, 3);
  Stream second = std::move(first);
  for (const auto word : take(second, 3)) words.push_back(word);
  EXPECT_EQ(words, expected);
}

// Each of the 64 bits is a fair coin: over n words the number of ones has mean n/2 and standard
// deviation sqrt(n)/2. Five deviations are exceeded by one of 64 bits with probability 4e-5; the
// draws are fixed, so the check holds always or never. Across customers as well as along a row.
TEST(Random, EveryBitIsAFairCoin) {
  constexpr int kWords = 40'000;
  Stream stream(11, "coins");
  std::array<int, 64> along{}, across{};
  for (int i = 0; i < kWords; ++i) {
    const std::uint64_t a = stream();
    const std::uint64_t b = stream.at(static_cast<std::uint64_t>(i))();
    for (unsigned bit = 0; bit < 64; ++bit) {
      along[bit] += static_cast<int>((a >> bit) & 1);
      across[bit] += static_cast<int>((b >> bit) & 1);
    }
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    EXPECT_NEAR(along[bit], kWords / 2.0, 5 * 100) << "bit " << bit;
    EXPECT_NEAR(across[bit], kWords / 2.0, 5 * 100) << "bit " << bit;
  }
}

}  // namespace
}  // namespace sim
