// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <new>
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
    if (readers_.somebody_waits()) return hand_over(std::move(message));
    messages_.push(std::move(message));
  }
  /// `co_await mailbox.pop()` waits for a message and takes it.
  [[nodiscard]] Pop pop() { return Pop{*this}; }

  /// Messages that nobody has taken yet, also those whose reader has only just been woken.
  std::size_t size() const { return messages_.size() + readers_.woken(); }
  bool empty() const { return size() == 0; }

 private:
  void hand_over(T message);

  Ring<T> messages_;  // empty if somebody waits
  WaitList readers_;
};

template <class T>
class Mailbox<T>::Pop : WaitList::Waiter {
 public:
  explicit Pop(Mailbox& mailbox) : mailbox_(mailbox) {}
  /// The process may be destroyed while it waits, or when it has been woken.
  ~Pop() {
    if (!outside()) [[unlikely]]
      give_up();
  }

  bool await_ready() const { return !mailbox_.messages_.empty(); }
  void await_suspend(std::coroutine_handle<> process) { wait(mailbox_.readers_, process); }
  T await_resume() {
    if (outside()) return mailbox_.messages_.pop();
    arrive();
    return take();
  }

 private:
  friend class Mailbox;

  void put(T message) { ::new (static_cast<void*>(message_)) T(std::move(message)); }
  T take() {
    T* const stored = std::launder(reinterpret_cast<T*>(message_));
    T message(std::move(*stored));
    std::destroy_at(stored);
    return message;
  }
  void give_up();

  Mailbox& mailbox_;
  alignas(T) std::byte message_[sizeof(T)];  // once woken
};

template <class T>
void Mailbox<T>::hand_over(T message) {
  static_cast<Pop&>(readers_.first_waiting()).put(std::move(message));
  readers_.wake_first();
}

/// If it had been woken, those woken later get the message before theirs, so that the last message
/// is the one that is left for the next reader.
template <class T>
void Mailbox<T>::Pop::give_up() {
  Mailbox& mailbox = mailbox_;
  if (!woken()) return leave(mailbox.readers_);
  Pop* reader = &static_cast<Pop&>(mailbox.readers_.last_woken());
  T last = reader->take();
  while (reader != this) {
    Pop* const earlier = &static_cast<Pop&>(WaitList::before(*reader));
    reader->put(earlier->take());
    reader = earlier;
  }
  leave(mailbox.readers_);
  if (mailbox.readers_.somebody_waits()) return mailbox.hand_over(std::move(last));
  mailbox.messages_.push_front(std::move(last));
}

}  // namespace sim
