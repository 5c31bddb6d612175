// SPDX-License-Identifier: Apache-2.0
#include "sim/frame_pool.h"

#include <array>
#include <new>
#include <utility>

#include "sim/sanitizer.h"

namespace sim {
namespace {

constexpr std::size_t kGrain = 64;
constexpr std::size_t kClasses = 64;  // larger frames are not pooled

struct Free {
  Free* next;
};

struct Pool {
  std::array<Free*, kClasses> free;
  bool open;
};
// Without a destructor, so that a frame may be given back at any time, even while the thread ends.
constinit thread_local Pool pool{};

struct Keeper {
  Keeper() { pool.open = true; }
  ~Keeper() {
    pool.open = false;
    for (Free* list : pool.free) {
      while (list != nullptr) ::operator delete(std::exchange(list, list->next));
    }
    pool.free = {};
  }
};

std::size_t size_class(std::size_t size) {
  return (size - 1) / kGrain;
}

void* fresh_frame(std::size_t size) {
  thread_local const Keeper keeper;
  return ::operator new((size_class(size) + 1) * kGrain);
}

}  // namespace

void* take_frame(std::size_t size) {
  const std::size_t c = size_class(size);
  if (kSanitized || c >= kClasses || pool.free[c] == nullptr) return fresh_frame(size);
  Free* const frame = pool.free[c];
  pool.free[c] = frame->next;
  return frame;
}

void give_frame(void* frame, std::size_t size) noexcept {
  const std::size_t c = size_class(size);
  if (kSanitized || c >= kClasses || !pool.open) return ::operator delete(frame);
  pool.free[c] = ::new (frame) Free{pool.free[c]};
}

}  // namespace sim
