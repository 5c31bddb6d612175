// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sim {

/// An endless row of random words, one after the other. Meets UniformRandomBitGenerator.
class Draws {
 public:
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    if (next_ == block_.size()) refill();
    return block_[next_++];
  }

 protected:
  using Key = std::array<std::uint64_t, 2>;
  enum class Row : std::uint64_t { kSequential, kIndexed };

  Draws(Key key, Row row, std::uint64_t index)
      : key_(key), row_(static_cast<std::uint64_t>(row)), index_(index) {}

  const Key& key() const { return key_; }

 private:
  friend class Stream;
  void refill();

  // Philox turns a key and a four-word counter into four random words. The words of the counter are
  // the block's number, the index, and which of the two rows this is; the last stays zero.
  Key key_;
  std::uint64_t row_;
  std::uint64_t index_;
  std::uint64_t blocks_ = 0;
  std::array<std::uint64_t, 4> block_{};
  std::size_t next_ = block_.size();
};

/// The random numbers for one purpose, such as "arrivals". They depend on the run's seed and on the
/// name and on nothing else: another stream, or another order of construction, does not move them.
///
/// Used as it is, a stream gives one row of numbers after the other. `at(i)` gives customer `i` a
/// row of its own, which is the same whoever drew how much before. Two variants of a system that
/// draw by customer see the same customers (common random numbers) even where a sampler rejects.
///
/// Two seeds are two keys of one block cipher, so replications count 1, 2, 3, ... as they like.
class Stream : public Draws {
 public:
  Stream(std::uint64_t seed, std::string_view name);

  // A copy would give the same numbers a second time.
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Stream(Stream&&) = default;
  Stream& operator=(Stream&&) = default;

  Draws at(std::uint64_t index) const { return {key(), Row::kIndexed, index}; }
};

/// What a name contributes to a stream's key: FNV-1a, 64 bits.
constexpr std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace sim
