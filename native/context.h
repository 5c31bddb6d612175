// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "sim/context.h"

namespace native {

/// A user-level thread: ordinary blocking code on a stack of its own, which runs on whatever thread
/// of the operating system resumes it, one at a time. Between two suspensions it stays on one;
/// across a suspension it may change, so it keeps no thread-local things (errno is one).
class Context {
 public:
  explicit Context(std::function<void()> body);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Runs the body until it suspends itself or ends.
  void resume();
  /// The body's call: back to whoever resumed it.
  void suspend();
  bool done() const { return done_; }

 private:
  static constexpr std::size_t kStack = std::size_t{64} * 1024;

  [[noreturn]] static void enter(sim::Context from, void* self) noexcept;

  std::function<void()> body_;
  std::byte* stack_;
  sim::Context inside_;
  sim::Context outside_ = nullptr;
  bool done_ = false;
  // For the sanitizers: the stack that was left, and ThreadSanitizer's names of both.
  const void* outer_bottom_ = nullptr;
  std::size_t outer_size_ = 0;
  void* own_fiber_ = nullptr;
  void* outer_fiber_ = nullptr;
};

}  // namespace native
