// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace sim {

template <class Signature>
class Callback;

/// A closure kept in place: never on the heap, never copied, filled and emptied over and over.
template <class Result, class... Arguments>
class Callback<Result(Arguments...)> {
 public:
  static constexpr std::size_t kSize = 48;

  Callback() = default;
  ~Callback() { clear(); }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  template <class F>
  void set(F&& f) {
    using Closure = std::decay_t<F>;
    static_assert(sizeof(Closure) <= kSize, "put large captures into the model");
    static_assert(alignof(Closure) <= alignof(std::max_align_t));
    clear();
    ::new (static_cast<void*>(closure_)) Closure(std::forward<F>(f));
    call_ = [](void* c, Arguments... a) -> Result { return (*static_cast<Closure*>(c))(a...); };
    drop_ = [](void* c) { static_cast<Closure*>(c)->~Closure(); };
  }
  void clear() {
    if (drop_ != nullptr) drop_(closure_);
    drop_ = nullptr;
  }
  Result operator()(Arguments... a) { return call_(closure_, a...); }

 private:
  Result (*call_)(void*, Arguments...) = nullptr;
  void (*drop_)(void*) = nullptr;
  alignas(std::max_align_t) unsigned char closure_[kSize];
};

}  // namespace sim
