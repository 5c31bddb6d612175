// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace sim {

class Agenda;

/// Runs an entry. `self` points to what was stored to be run: a closure, or a pointer to something.
using Run = void (*)(Agenda&, void* self);

/// What happens when a slot's instant comes: a closure of any type, stored in place, on a cache
/// line of its own.
class alignas(64) Entry {
 public:
  static constexpr std::size_t kClosureSize = 48;

  Entry() = default;
  Entry(Entry&& other) noexcept : run_(other.run_), relocate_(other.relocate_) {
    if (relocate_ == nullptr) {
      std::memcpy(closure_, other.closure_, kClosureSize);
    } else {
      relocate_(other.closure_, closure_);
      other.relocate_ = nullptr;
    }
  }
  Entry& operator=(Entry&&) = delete;
  ~Entry() {
    if (relocate_ != nullptr) relocate_(closure_, nullptr);
  }

  template <class F>
  void store(Run how, F&& f) {
    using Closure = std::decay_t<F>;
    static_assert(sizeof(Closure) <= kClosureSize, "put large captures into the model");
    static_assert(alignof(Closure) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_move_constructible_v<Closure>);
    ::new (static_cast<void*>(closure_)) Closure(std::forward<F>(f));
    run_ = how;
    if constexpr (!kPlain<Closure>) relocate_ = &relocate<Closure>;
  }

  /// Moves the closure out, so that the entry can be used again while the closure runs.
  template <class Closure>
  Closure take() {
    Closure& stored = *std::launder(reinterpret_cast<Closure*>(closure_));
    Closure taken(std::move(stored));
    stored.~Closure();
    if constexpr (!kPlain<Closure>) relocate_ = nullptr;
    return taken;
  }

  void run(Agenda& agenda) { run_(agenda, closure_); }

 private:
  template <class Closure>
  static constexpr bool kPlain =
      std::is_trivially_copyable_v<Closure>&& std::is_trivially_destructible_v<Closure>;

  template <class Closure>
  static void relocate(void* from, void* to) {
    auto* closure = std::launder(static_cast<Closure*>(from));
    if (to != nullptr) ::new (to) Closure(std::move(*closure));
    closure->~Closure();
  }

  Run run_ = nullptr;
  // Moves the closure to `to`, or destroys it if that is null. Null while there is nothing to do.
  void (*relocate_)(void* from, void* to) = nullptr;
  alignas(std::max_align_t) unsigned char closure_[kClosureSize];
};

}  // namespace sim
