// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wave {

/// Which of a row of sources have changed, found from any place onwards and around.
class ChangeSet {
 public:
  void resize(std::size_t size) {
    size_ = size;
    words_.resize((size + 63) / 64);
  }
  void insert(std::size_t i) { words_[i / 64] |= bit(i); }
  void erase(std::size_t i) { words_[i / 64] &= ~bit(i); }

  /// How many steps from `start`, going around, to the first one that has changed.
  std::optional<std::size_t> steps_to_next(std::size_t start) const {
    const std::size_t first = start / 64;
    if (const std::uint64_t here = words_[first] & ~(bit(start) - 1); here != 0)
      return first * 64 + zeros(here) - start;
    for (std::size_t w = first + 1; w < words_.size(); ++w)
      if (words_[w] != 0) return w * 64 + zeros(words_[w]) - start;
    for (std::size_t w = 0; w <= first; ++w)
      if (words_[w] != 0) return w * 64 + zeros(words_[w]) + size_ - start;
    return std::nullopt;
  }

 private:
  static std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << (i % 64); }
  static std::size_t zeros(std::uint64_t word) {
    return static_cast<std::size_t>(std::countr_zero(word));
  }

  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace wave
