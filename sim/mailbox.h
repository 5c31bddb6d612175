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
    wake_readers();
  }
  /// `co_await mailbox.pop()` waits for a message and takes it.
  [[nodiscard]] Pop pop() { return Pop{*this}; }

  /// Messages that nobody has taken yet, also those whose reader has only just been woken.
  std::size_t size() const { return messages_.size(); }
  bool empty() const { return messages_.empty(); }

 private:
  // A reader that was woken has a message reserved.
  bool unreserved() const { return messages_.size() > readers_.woken(); }
  void wake_readers() {
    if (!readers_.empty() && unreserved()) readers_.wake_first();
  }

  Ring<T> messages_;
  WaitList readers_;
};

template <class T>
class Mailbox<T>::Pop : WaitList::Waiter {
 public:
  explicit Pop(Mailbox& mailbox) : Waiter(mailbox.readers_), mailbox_(mailbox) {}
  ~Pop() {
    if (leave() == Left::kWoken) mailbox_.wake_readers();
  }

  bool await_ready() const { return mailbox_.unreserved(); }
  void await_suspend(std::coroutine_handle<> process) { wait(process); }
  T await_resume() {
    arrive();
    return mailbox_.messages_.pop();
  }

 private:
  Mailbox& mailbox_;
};

}  // namespace sim
