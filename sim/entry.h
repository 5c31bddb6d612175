// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace sim {

class Agenda;

/// Runs an entry. `self` points to what was stored to be run: a closure, or a pointer to something.
using Run = void (*)(Agenda&, void* self);

/// What happens when a slot's instant comes: a closure of any type, stored in place, on a cache
/// line of its own. Entries never move.
class alignas(64) Entry {
 public:
  static constexpr std::size_t kClosureSize = 48;

  Entry() = default;
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() { drop(); }

  template <class F>
  void store(Run how, F&& f) {
    using Closure = std::decay_t<F>;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a closure may well be a pointer
    static_assert(sizeof(Closure) <= kClosureSize, "put large captures into the model");
    static_assert(alignof(Closure) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_move_constructible_v<Closure>);
    ::new (static_cast<void*>(closure_)) Closure(std::forward<F>(f));
    run_ = how;
    if constexpr (!std::is_trivially_destructible_v<Closure>) destroy_ = &destroy<Closure>;
  }

  void drop() {
    if (destroy_ != nullptr) std::exchange(destroy_, nullptr)(closure_);
  }

  Run run() const { return run_; }
  void* stored() { return closure_; }

  /// Most entries hold a pointer first, to what they are about.
  void prefetch_target() const {
    __builtin_prefetch(*std::launder(reinterpret_cast<void* const*>(closure_)));
  }

  // An entry in which nothing is stored holds the slot of another such entry.
  std::uint32_t next() const {
    return *std::launder(reinterpret_cast<const std::uint32_t*>(closure_));
  }
  void set_next(std::uint32_t slot) { ::new (static_cast<void*>(closure_)) std::uint32_t(slot); }

 private:
  template <class Closure>
  static void destroy(void* closure) {
    std::launder(static_cast<Closure*>(closure))->~Closure();
  }

  Run run_ = nullptr;
  void (*destroy_)(void* closure) = nullptr;  // null if there is nothing to destroy
  alignas(std::max_align_t) unsigned char closure_[kClosureSize];
};

}  // namespace sim
