// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "subsystems/memory/policies/policy.h"

namespace native {

/// An open file, closed at the end.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File();
  File(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Memory in two tiers, which are two files in memory: a batch of pages lies in one of them and is
/// moved to the other while threads go on reading and writing it by plain loads and stores.
///
/// Whoever writes to a batch while it is copied is held off by the kernel, which has the batch
/// write-protected by userfaultfd, until the copy is mapped in the batch's place; readers are not.
/// This needs no privileges, but Linux 5.19 and a sandbox that allows userfaultfd(2). What is held
/// off is code, not system calls: one that writes to the region meanwhile fails with EFAULT.
///
/// Each batch is a mapping of its own, since batches lie apart in their files.
class Region {
 public:
  /// All of it in the fast tier, all zeroes, each page present. Throws sim::ConfigError if this
  /// machine lacks what it takes.
  Region(tiering::Batch batches, int pages);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  tiering::Batch batches() const { return static_cast<tiering::Batch>(fast_.size()); }
  int pages() const { return pages_; }  // of a batch
  std::size_t page_bytes() const { return page_bytes_; }
  std::size_t batch_bytes() const { return page_bytes_ * static_cast<std::size_t>(pages_); }
  std::byte* batch(tiering::Batch batch) const {
    return base_ + static_cast<std::size_t>(batch) * batch_bytes();
  }

  /// From any thread.
  bool is_fast(tiering::Batch batch) const {
    return fast_[static_cast<std::size_t>(batch)].load(std::memory_order_relaxed) != 0;
  }
  tiering::Batch fast_batches() const;

  /// Moves it; one thread at a time. Its access bits are clear then.
  void move(tiering::Batch batch, bool fast);
  /// Clears the batch's access bits, in page tables and TLBs.
  void clear_access_bits(tiering::Batch batch) const;

  /// Times that a thread was held off.
  std::int64_t held_off() const { return held_off_; }

 private:
  /// As for `move`, without holding writers off: for the test which shows that this is needed.
  friend class UnprotectedMove;
  void protect(tiering::Batch batch) const;
  void copy(tiering::Batch batch, bool fast);
  void map(tiering::Batch batch, bool fast) const;
  void watch(tiering::Batch batch) const;
  void release(tiering::Batch batch);
  std::int64_t offset(tiering::Batch batch) const;
  const File& tier(bool fast) const { return tiers_[fast ? 1 : 0]; }

  int pages_;
  std::size_t page_bytes_;
  std::array<File, 2> tiers_;  // the fast one second
  File faults_;
  std::vector<std::atomic<std::uint8_t>> fast_;
  std::vector<std::byte> buffer_;
  std::byte* base_ = nullptr;
  std::int64_t held_off_ = 0;
};

}  // namespace native
