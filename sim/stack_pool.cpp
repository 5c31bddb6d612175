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

Stack map_stack(std::size_t size, std::size_t offset) {
  const std::size_t guard = page_size();
  void* const memory = ::mmap(nullptr, guard + size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  SIM_CHECK(::mprotect(memory, guard, PROT_NONE) == 0);
  return {static_cast<std::byte*>(memory) + guard, size, offset};
}

void unmap(Stack stack) {
  const std::size_t guard = page_size();
  SIM_CHECK(::munmap(stack.bottom - guard, guard + stack.size) == 0);
}

}  // namespace

StackPool::~StackPool() {
  for (const auto& [size, stacks] : free_) {
    for (const Stack stack : stacks) unmap(stack);
  }
}

Stack StackPool::take(std::size_t size) {
  const std::size_t page = page_size();
  const std::size_t whole = (size + page - 1) / page * page + page;  // one for the offset
  std::vector<Stack>& stacks = free_[whole];
  if (stacks.empty()) return map_stack(whole, offset_of(made_++));
  const Stack stack = stacks.back();
  stacks.pop_back();
  forget_poison(stack.bottom, stack.size);
  return stack;
}

void StackPool::give(Stack stack) {
  free_[stack.size].push_back(stack);
}

}  // namespace sim
