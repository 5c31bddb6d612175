// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <vector>

namespace sim {

/// Memory of one fiber's stack, with a page below it that faults when the stack overflows.
struct Stack {
  std::byte* bottom = nullptr;
  std::size_t size = 0;
  /// Unused at the top. Stacks that all began at the same offset in a page would compete for the
  /// same few cache sets.
  std::size_t offset = 0;

  std::byte* top() const { return bottom + usable(); }
  std::size_t usable() const { return size - offset; }
};

/// Stacks, kept for the next fiber of the same size.
class StackPool {
 public:
  StackPool() = default;
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;
  ~StackPool();

  Stack take(std::size_t size);
  void give(Stack stack);

 private:
  std::map<std::size_t, std::vector<Stack>> free_;  // by size
  std::size_t made_ = 0;
};

}  // namespace sim
