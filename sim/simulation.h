// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "sim/agenda.h"
#include "sim/check.h"
#include "sim/stack_pool.h"
#include "sim/units.h"
#include "sim/wait_place.h"

namespace sim {

/// A clock and an agenda. Entries due at one instant run in the order they were filed. Any number
/// of simulations may live in a process; each is used by one thread.
class Simulation {
 public:
  /// What a closure given to `at` or `after` may hold: enough for this, three pointers and a line
  /// number. Larger captures do not compile; put them into the model.
  static constexpr std::size_t kClosureSize = Entry::kClosureSize;

  explicit Simulation(std::uint64_t seed = 1) : seed_(seed) {}
  /// No mailbox, resource or fiber outlives its simulation.
  ~Simulation() { SIM_CHECK(wait_places_.empty()); }
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
  void run() { run_through(Time::max()); }
  /// Runs everything due up to and including `end`, then sets the clock to `end`.
  void run_until(Time end);
  /// Leaves `run` or `run_until` after the present entry.
  void stop() { end_ = Time::min(); }
  bool idle() const { return agenda_.empty(); }
  /// One line for each mailbox, resource or fiber on which something waits, in the order in which
  /// they were made. If the simulation is idle, nothing will ever end these waits.
  std::vector<std::string> who_waits() const;

  /// Entries run so far.
  std::uint64_t events() const { return events_; }
  /// A hash over the instants of all entries run and everything given to `note`: equal for equal
  /// runs whatever the compiler, the build type or the machine.
  std::uint64_t hash() const { return hash_; }
  /// Mixes something that the model did into the hash.
  void note(std::uint64_t what) { hash_ = mix(hash_ ^ what); }

 private:
  friend class Timer;
  friend class Delay;
  friend class Fiber;
  friend class WaitList;
  friend class WaitPlace;

  static std::uint64_t mix(std::uint64_t x) {
    x *= 0x9e3779b97f4a7c15ull;
    return x ^ (x >> 29);
  }
  /// As long as entries are being run. Ends the last one also when it throws.
  struct Running {
    explicit Running(Simulation& s) : sim(s) { sim.running_ = true; }
    ~Running();
    Simulation& sim;
  };

  void run_through(Time end);
  bool step();
  void tick(Time when);
  // Two shortcuts for `who`, which waits for `when`: true if that comes next, and the clock then
  // stands there. Events and hash are the same as by the long way.
  bool pass(const void* who, Time when);
  bool pass_armed(const void* who, Slot slot, Time when);

  Agenda agenda_;
  StackPool stacks_;
  std::list<const WaitPlace*> wait_places_;
  Time now_{};
  Time end_ = Time::min();  // what is due later does not run
  bool running_ = false;
  std::uint64_t seed_;
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 0;
};

template <class F>
void Simulation::at(Time when, F&& f) {
  SIM_CHECK(when >= now_);
  if (when == now_) {
    agenda_.file_now(std::forward<F>(f));
  } else {
    agenda_.file(when, std::forward<F>(f));
  }
}

inline void Simulation::tick(Time when) {
  now_ = when;
  ++events_;
  note(static_cast<std::uint64_t>(when.time_since_epoch().count()));
}

inline bool Simulation::pass(const void* who, Time when) {
  if (when > end_ || !agenda_.would_be_next(who, when)) return false;
  tick(when);
  return true;
}

inline bool Simulation::pass_armed(const void* who, Slot slot, Time when) {
  if (when > end_ || !agenda_.goes_on(who, slot)) return false;
  tick(when);
  return true;
}

}  // namespace sim

#include "sim/timer.h"
