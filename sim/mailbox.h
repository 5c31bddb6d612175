// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <string>
#include <utility>

#include "sim/ring.h"
#include "sim/wait_list.h"

namespace sim {

/// An unbounded FIFO queue between processes. Messages go to those who wait in the order in which
/// they came; a message pushed for one who waits cannot be taken by another who comes later.
template <class T>
class Mailbox {
 public:
  class Pop;

  explicit Mailbox(Simulation& sim, std::string name = {}) : readers_(sim, std::move(name)) {}

  void push(T message) {
    messages_.push(std::move(message));
    if (!readers_.empty()) readers_.wake_first();  // all earlier messages are taken or reserved
  }
  /// `co_await mailbox.pop()` waits for a message and takes it.
  [[nodiscard]] Pop pop() { return Pop{*this}; }

  /// Messages that nobody has taken yet, also those whose reader has only just been woken.
  std::size_t size() const { return messages_.size(); }
  bool empty() const { return messages_.empty(); }

 private:
  // A reader that was woken has a message reserved.
  bool unreserved() const { return messages_.size() > readers_.woken(); }

  Ring<T> messages_;
  WaitList readers_;
};

template <class T>
class Mailbox<T>::Pop : WaitList::Waiter {
 public:
  explicit Pop(Mailbox& mailbox) : Waiter(mailbox.readers_), mailbox_(mailbox) {}
  ~Pop() {
    if (!outside()) [[unlikely]]
      give_back();
  }

  bool await_ready() const { return mailbox_.unreserved(); }
  void await_suspend(std::coroutine_handle<> process) { wait(process); }
  T await_resume() {
    arrive();
    return mailbox_.messages_.pop();
  }

 private:
  /// A reader that was woken and is destroyed leaves its message to the next.
  void give_back() {
    if (leave() == Left::kWoken && !mailbox_.readers_.empty()) mailbox_.readers_.wake_first();
  }

  Mailbox& mailbox_;
};

}  // namespace sim
