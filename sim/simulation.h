// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/check.h"
#include "sim/units.h"

namespace sim {

class Timer;

/// A clock and an agenda. Entries due at one instant run in the order they were filed. Any number
/// of simulations may live in a process; each is used by one thread.
class Simulation {
 public:
  /// What a closure given to `at` or `after` may hold: enough for this, three pointers and a line
  /// number. Larger captures do not compile; put them into the model.
  static constexpr std::size_t kClosureSize = 48;

  explicit Simulation(std::uint64_t seed = 1) : seed_(seed) {}
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  Time now() const { return now_; }
  std::uint64_t seed() const { return seed_; }

  /// Runs `f()` once at `when`, which must not lie in the past.
  template <class F>
  void at(Time when, F&& f);
  template <class F>
  void after(Duration d, F&& f) {
    at(now_ + d, std::forward<F>(f));
  }

  /// Runs until nothing is left to do or `stop` is called.
  void run();
  /// Runs everything due up to and including `end`, then sets the clock to `end`.
  void run_until(Time end);
  /// Leaves `run` or `run_until` after the present entry.
  void stop() { stopping_ = true; }
  bool idle() const { return heap_.empty(); }

  /// Entries run so far.
  std::uint64_t events() const { return events_; }
  /// A hash over the instants of all entries run and everything given to `note`: equal for equal
  /// runs whatever the compiler, the build type or the machine.
  std::uint64_t hash() const { return hash_; }
  /// Mixes something that the model did into the hash.
  void note(std::uint64_t what) { hash_ = mix(hash_ ^ what); }

 private:
  friend class Timer;
  struct Entry {
    Time when;
    std::uint64_t sequence;
    void (*run)(Entry&);  // runs and destroys the closure
    void (*drop)(Entry&);
    alignas(std::max_align_t) unsigned char closure[kClosureSize];
  };
  static std::uint64_t mix(std::uint64_t x) {
    x *= 0x9e3779b97f4a7c15ull;
    return x ^ (x >> 29);
  }
  static bool later(const Entry* a, const Entry* b) {
    return a->when != b->when ? a->when > b->when : a->sequence > b->sequence;
  }
  void push(Entry* entry);
  void step();

  Time now_{};
  std::uint64_t seed_;
  std::uint64_t sequence_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 0;
  bool stopping_ = false;
  std::vector<Entry*> heap_;
};

template <class F>
void Simulation::at(Time when, F&& f) {
  using Closure = std::decay_t<F>;
  static_assert(sizeof(Closure) <= kClosureSize, "put large captures into the model");
  static_assert(std::is_nothrow_move_constructible_v<Closure>);
  SIM_CHECK(when >= now_);
  auto* entry = new Entry{
      .when = when,
      .sequence = sequence_++,
      .run =
          [](Entry& e) {
            auto& stored = *std::launder(reinterpret_cast<Closure*>(e.closure));
            Closure f_(std::move(stored));
            stored.~Closure();
            f_();
          },
      .drop = [](Entry& e) { std::launder(reinterpret_cast<Closure*>(e.closure))->~Closure(); },
      .closure = {}};
  ::new (static_cast<void*>(entry->closure)) Closure(std::forward<F>(f));
  push(entry);
}

/// One thing that may happen later, over and over: arm, re-arm and cancel as often as you like.
/// `f` runs at the instant it was last armed for, unless cancelled before.
class Timer {
 public:
  template <class F>
  Timer(Simulation& sim, F f)
      : sim_(sim), state_(std::make_shared<State>(State{0, Time{}, false, std::move(f)})) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(Duration d) { arm_at(sim_.now() + d); }
  void arm_at(Time when);
  void cancel() { ++state_->generation, state_->armed = false; }
  bool armed() const { return state_->armed; }
  /// When it will run. Only while armed.
  Time due() const { return state_->due; }

 private:
  struct State {
    std::uint64_t generation;
    Time due;
    bool armed;
    std::function<void()> run;
  };
  Simulation& sim_;
  std::shared_ptr<State> state_;
};

}  // namespace sim
