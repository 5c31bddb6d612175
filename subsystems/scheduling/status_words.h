// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/check.h"

namespace scheduling {

/// Which places of an enclave's table of status words are taken. A place is taken when a thread
/// enters and free again when the agent has let go of it.
class StatusWordTable {
 public:
  static constexpr std::uint32_t kCapacity = 65'536;

  /// None: the table is full.
  std::optional<std::uint32_t> take() {
    if (!free_.empty()) {
      const std::uint32_t index = free_.back();
      free_.pop_back();
      return index;
    }
    if (used_ == kCapacity) return std::nullopt;
    return used_++;
  }
  void give_back(std::uint32_t index) {
    SIM_CHECK(index < used_);
    free_.push_back(index);
  }
  std::uint32_t taken() const { return used_ - static_cast<std::uint32_t>(free_.size()); }

 private:
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;  // places that have ever been taken
};

}  // namespace scheduling
