// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace native {

/// Memory that several threads or processes share, as words that are read and written whole. The
/// view may be copied; the memory is somebody else's.
class Words {
 public:
  Words() = default;
  explicit Words(std::byte* base) : base_(base) {}

  /// The eight bytes at `offset`, a multiple of eight.
  std::atomic_ref<std::uint64_t> at(std::int64_t offset) const {
    return std::atomic_ref(*reinterpret_cast<std::uint64_t*>(base_ + offset));
  }
  /// The four bytes at `offset`: what a futex is.
  std::uint32_t& half(std::int64_t offset) const {
    return *reinterpret_cast<std::uint32_t*>(base_ + offset);
  }

 private:
  static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);
  static_assert(std::atomic_ref<std::uint32_t>::is_always_lock_free);

  std::byte* base_ = nullptr;
};

}  // namespace native
