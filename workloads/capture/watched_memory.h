// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace capture {

/// A page that was accessed, and whether it was written.
struct PageAccess {
  std::size_t page;
  bool written;
};

/// Memory whose first access to each page, and first write, can be noticed: its pages are
/// protected, and a handler for SIGSEGV notes the page and lifts the protection. There is one at a
/// time in a process.
///
/// Not noticed: that a page was read when it is written first; accesses by the kernel on the
/// program's behalf, which fail instead. When two threads race for a page that none has accessed,
/// a read may be noted as a write.
class WatchedMemory {
 public:
  explicit WatchedMemory(std::size_t pages);
  ~WatchedMemory();
  WatchedMemory(const WatchedMemory&) = delete;
  WatchedMemory& operator=(const WatchedMemory&) = delete;

  static std::size_t page_size();
  std::size_t pages() const { return pages_; }

  /// Throws std::bad_alloc when there is not enough left. Any number of threads may ask. Sizes are
  /// rounded up as jemalloc does, four classes to a power of two.
  void* allocate(std::size_t size);
  void deallocate(void* memory);
  static std::size_t rounded(std::size_t size);
  /// Pages that have ever been allocated: all others lie behind them.
  std::size_t used_pages() const;

  /// What was noticed since the last time, in the order of first accesses. The first time begins to
  /// watch and has nothing to tell.
  std::vector<PageAccess> noticed();

 private:
  enum class State : std::uint8_t { kClosed, kRead, kWritten };

  static void on_fault(int signal, void* info, void* context);
  bool notice(const void* address);
  void note(std::size_t page);
  void protect(std::size_t page, std::size_t count, int protection);
  class Noting;  // holds noting_

  const std::size_t pages_;
  char* const begin_;

  mutable std::mutex mutex_;                        // of what follows
  std::size_t used_ = 0;                            // bytes
  std::map<std::size_t, std::vector<char*>> free_;  // by size
  std::map<const char*, std::size_t> size_of_;

  // The handler's: no lock but one that spins, no allocation.
  std::atomic_flag noting_ = ATOMIC_FLAG_INIT;
  std::vector<State> states_;
  std::vector<std::size_t> noted_;  // pages; room for all
  std::size_t noted_pages_ = 0;
};

}  // namespace capture
