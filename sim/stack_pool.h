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

/// Stacks, kept for the next fiber of the same size. They are cut from large mappings: one that
/// ends is unmapped in every core that runs the program, however small it is.
class StackPool {
 public:
  StackPool() = default;
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;
  ~StackPool();

  Stack take(std::size_t size);
  void give(Stack stack);

 private:
  /// Address space of stacks and their guards; nothing of it can be accessed before it is cut off.
  struct Mapping {
    std::byte* begin;
    std::size_t size;
  };
  /// Stacks of one size.
  struct Shelf {
    std::vector<Stack> free;
    std::byte* uncut = nullptr;  // of the newest mapping
    std::size_t left = 0;        // stacks that it is still good for
  };

  Stack cut(Shelf& shelf, std::size_t size);
  std::byte* map(std::size_t size);

  std::map<std::size_t, Shelf> shelves_;  // by size
  std::vector<Mapping> mappings_;
  std::size_t made_ = 0;
};

}  // namespace sim
