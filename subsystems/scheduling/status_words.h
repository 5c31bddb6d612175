// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/memory/shared_line.h"
#include "sim/check.h"

namespace scheduling {

/// An enclave's table of status words: which places are taken, and the cache lines that they lie
/// in. A place is taken when a thread enters and free again when the agent has let go of it.
class StatusWordTable {
 public:
  static constexpr std::uint32_t kCapacity = 65'536;
  /// A word of ghOSt's ABI has 32 bytes: barrier, flags, name, switch time and run time.
  static constexpr std::uint32_t kWordsPerLine = 2;

  /// None: the table is full.
  std::optional<std::uint32_t> take() {
    if (!free_.empty()) {
      const std::uint32_t index = free_.back();
      free_.pop_back();
      return index;
    }
    if (used_ == kCapacity) return std::nullopt;
    if (used_ % kWordsPerLine == 0) lines_.emplace_back();
    return used_++;
  }
  void give_back(std::uint32_t index) {
    SIM_CHECK(index < used_);
    free_.push_back(index);
  }
  std::uint32_t taken() const { return used_ - static_cast<std::uint32_t>(free_.size()); }
  memory::SharedLine& line_of(std::uint32_t index) { return lines_[index / kWordsPerLine]; }

 private:
  std::vector<std::uint32_t> free_;
  std::deque<memory::SharedLine> lines_;
  std::uint32_t used_ = 0;  // places that have ever been taken
};

}  // namespace scheduling
