// SPDX-License-Identifier: Apache-2.0
#include "native/context.h"

#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "sim/check.h"
#include "sim/sanitizer.h"

#if defined(__SANITIZE_THREAD__)
#define NATIVE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NATIVE_THREAD_SANITIZER 1
#endif
#endif
#ifdef NATIVE_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace native {
namespace {

// ThreadSanitizer follows a user-level thread if it is told of each switch.
#ifdef NATIVE_THREAD_SANITIZER
void* new_fiber() {
  return __tsan_create_fiber(0);
}
void destroy_fiber(void* fiber) {
  __tsan_destroy_fiber(fiber);
}
void* present_fiber() {
  return __tsan_get_current_fiber();
}
void announce_fiber(void* fiber) {
  __tsan_switch_to_fiber(fiber, 0);
}
#else
void* new_fiber() {
  return nullptr;
}
void destroy_fiber(void*) {}
void* present_fiber() {
  return nullptr;
}
void announce_fiber(void*) {}
#endif

std::size_t page_size() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// With a page below that faults when the stack overflows.
std::byte* map_stack(std::size_t size) {
  const std::size_t guard = page_size();
  void* const memory = ::mmap(nullptr, guard + size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  SIM_CHECK(::mprotect(memory, guard, PROT_NONE) == 0);
  return static_cast<std::byte*>(memory) + guard;
}

}  // namespace

Context::Context(std::function<void()> body)
    : body_(std::move(body)),
      stack_(map_stack(kStack)),
      inside_(sim::make_context<&Context::enter>(stack_ + kStack, kStack)),
      own_fiber_(new_fiber()) {}

/// A body that has not ended is not unwound: what it holds is lost.
Context::~Context() {
  destroy_fiber(own_fiber_);
  sim::forget_poison(stack_, kStack);
  const std::size_t guard = page_size();
  ::munmap(stack_ - guard, guard + kStack);
}

void Context::resume() {
  void* own = nullptr;
  outer_fiber_ = present_fiber();
  sim::announce_switch(&own, stack_, kStack);
  announce_fiber(own_fiber_);
  inside_ = sim::jump(inside_, this);
  sim::confirm_switch(own, nullptr, nullptr);
}

void Context::suspend() {
  void* own = nullptr;
  sim::announce_switch(&own, outer_bottom_, outer_size_);
  announce_fiber(outer_fiber_);
  outside_ = sim::jump(outside_, nullptr);
  sim::confirm_switch(own, &outer_bottom_, &outer_size_);
}

/// The first function on the stack.
void Context::enter(sim::Context from, void* self) noexcept {
  auto* context = static_cast<Context*>(self);
  context->outside_ = from;
  sim::confirm_switch(nullptr, &context->outer_bottom_, &context->outer_size_);
  context->body_();
  context->done_ = true;
  sim::announce_switch(nullptr, context->outer_bottom_, context->outer_size_);
  announce_fiber(context->outer_fiber_);
  sim::jump(context->outside_, nullptr);
  SIM_CHECK(false);  // nobody resumes what is done
}

}  // namespace native
