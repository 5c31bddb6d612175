// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace sim {

/// A FIFO queue that keeps its memory. std::deque gives a block back and asks for the next one
/// every few hundred bytes, for as long as it is used.
template <class T>
class Ring {
  static_assert(std::is_nothrow_move_constructible_v<T>);

 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    while (!empty()) drop_front();
    std::allocator<T>{}.deallocate(items_, capacity_);
  }

  bool empty() const { return front_ == back_; }
  std::size_t size() const { return back_ - front_; }

  void push(T item) { emplace(std::move(item)); }
  template <class... Arguments>
  T& emplace(Arguments&&... arguments) {
    if (size() == capacity_) [[unlikely]]
      grow();
    return *::new (static_cast<void*>(&at(back_++))) T(std::forward<Arguments>(arguments)...);
  }
  void push_front(T item) {
    if (size() == capacity_) grow();
    ::new (static_cast<void*>(&at(front_ - 1))) T(std::move(item));
    --front_;
  }
  T& front() { return at(front_); }
  const T& front() const { return at(front_); }
  T pop() {
    T item(std::move(front()));
    drop_front();
    return item;
  }
  void drop_front() {
    front().~T();
    ++front_;
  }

  /// Items keep their number, however the ring moves them: one more for each that is pushed.
  std::size_t next_number() const { return back_; }
  std::size_t front_number() const { return front_; }
  T& at(std::size_t number) const { return items_[number & (capacity_ - 1)]; }

 private:
  [[gnu::noinline, gnu::cold]] void grow();

  T* items_ = nullptr;
  std::size_t capacity_ = 0;  // a power of two
  std::size_t front_ = 0;
  std::size_t back_ = 0;
};

template <class T>
void Ring<T>::grow() {
  const std::size_t capacity = capacity_ == 0 ? 16 : 2 * capacity_;
  T* const items = std::allocator<T>{}.allocate(capacity);
  for (std::size_t n = front_; n != back_; ++n) {
    ::new (static_cast<void*>(&items[n & (capacity - 1)])) T(std::move(at(n)));
    at(n).~T();
  }
  std::allocator<T>{}.deallocate(items_, capacity_);
  items_ = items;
  capacity_ = capacity;
}

}  // namespace sim
