// SPDX-License-Identifier: Apache-2.0
#include "sim/stack_pool.h"

#include <new>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/check.h"
#include "sim/sanitizer.h"

namespace sim {
namespace {

std::size_t page_size() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Three cache lines are what a waiting fiber typically touches when it is resumed.
std::size_t offset_of(std::size_t number) {
  return number * 192 % 4096;
}

constexpr std::size_t kTogether = 32;  // stacks of a mapping

}  // namespace

StackPool::~StackPool() {
  for (const Mapping& mapping : mappings_) SIM_CHECK(::munmap(mapping.begin, mapping.size) == 0);
}

Stack StackPool::take(std::size_t size) {
  const std::size_t page = page_size();
  const std::size_t whole = (size + page - 1) / page * page + page;  // one for the offset
  Shelf& shelf = shelves_[whole];
  if (shelf.free.empty()) return cut(shelf, whole);
  const Stack stack = shelf.free.back();
  shelf.free.pop_back();
  forget_poison(stack.bottom, stack.size);
  return stack;
}

void StackPool::give(Stack stack) {
  shelves_[stack.size].free.push_back(stack);
}

Stack StackPool::cut(Shelf& shelf, std::size_t size) {
  const std::size_t guard = page_size();
  if (shelf.left == 0) {
    shelf.uncut = map(kTogether * (guard + size));
    shelf.left = kTogether;
  }
  std::byte* const bottom = shelf.uncut + guard;
  if (::mprotect(bottom, size, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  shelf.uncut = bottom + size;
  --shelf.left;
  return {bottom, size, offset_of(made_++)};
}

std::byte* StackPool::map(std::size_t size) {
  mappings_.reserve(mappings_.size() + 1);
  void* const memory =
      ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mappings_.push_back({static_cast<std::byte*>(memory), size});
  return mappings_.back().begin;
}

}  // namespace sim
