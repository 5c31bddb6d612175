// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "models/core/core.h"
#include "models/core/idle.h"
#include "models/core/package.h"
#include "models/zen3/zen3.h"
#include "sim/member_wise.h"
#include "sim/simulation.h"

namespace zen3 {

/// Integrals over time; a difference of two says what happened between.
struct PackageStats {
  sim::Duration elapsed{};
  sim::Duration one_thread{};
  sim::Duration two_threads{};
  sim::Duration halted{};
  sim::Duration gated{};
  double cycles = 0;
  double joules = 0;

  static void describe(auto&& stat) {
    using S = PackageStats;
    stat(&S::elapsed, "elapsed", "time");
    stat(&S::one_thread, "one_thread", "core time with one busy thread");
    stat(&S::two_threads, "two_threads", "core time with two busy threads");
    stat(&S::halted, "halted", "core time halted, not power-gated");
    stat(&S::gated, "gated", "core time power-gated");
    stat(&S::cycles, "cycles", "periods of the cores' clock");
    stat(&S::joules, "joules", "energy drawn");
  }
  friend PackageStats operator-(const PackageStats& a, const PackageStats& b) {
    return sim::difference(a, b);
  }
};

/// A socket's power and clock. It follows which threads are busy, gates a core when all its threads
/// have been in C2 for long enough, and sets one clock for all cores once in a period: the highest
/// that the boost limit and the power budget allow. Two busy threads of a core share it.
///
/// The boost limit has to hold at every instant, whatever wakes up, so it is that of the most cores
/// that were awake at once in the last period; the budget is one of average power.
///
/// A core that comes back from C2 counts as asleep until it is back: what it draws meanwhile is not
/// modelled, nor that it then is not gated any more, or that its other thread comes back sooner for
/// it. Not modelled either: clocks that differ between cores, temperature, current limits and
/// leakage; what the other socket draws.
class Package : public core::Package {
 public:
  Package(sim::Simulation& sim, const Zen3Params& params, const core::IdleParams& idle);

  /// A thread whose speed the package sets; busy until it halts.
  void attach(core::Core& thread);
  /// A thread that is always busy, at a speed of its own.
  void occupy(memory::CoreIndex thread) { resumed(thread); }

  void halted(memory::CoreIndex thread, core::IdleState state) override;
  void resumed(memory::CoreIndex thread) override;
  bool gated(memory::CoreIndex thread) const override {
    return core_of(thread).state == State::kGated;
  }

  sim::Frequency clock() const { return clock_; }
  PackageStats stats();

 private:
  /// Of a core, as its threads let it be.
  enum class State : std::uint8_t { kOneThread, kTwoThreads, kHalted, kGated };
  static constexpr std::size_t kStates = 4;
  struct PhysicalCore {
    PhysicalCore(Package& package, int number, int threads)
        : first_thread(number * threads),
          in_c2(threads),
          gate(package.sim_, [this, &package] { package.enter(*this, State::kGated); }) {}
    memory::CoreIndex first_thread;
    int busy = 0;
    int in_c2;
    State state = State::kGated;
    sim::Timer gate;
  };

  void change(PhysicalCore& core);
  void enter(PhysicalCore& core, State state);
  void settle();
  void update();
  void set_speed(memory::CoreIndex thread);

  PhysicalCore& core_of(memory::CoreIndex thread) {
    return cores_[static_cast<std::size_t>(thread / threads_per_core_)];
  }
  const PhysicalCore& core_of(memory::CoreIndex thread) const {
    return cores_[static_cast<std::size_t>(thread / threads_per_core_)];
  }
  int& in(State state) { return in_[static_cast<std::size_t>(state)]; }
  sim::Duration& spent(State state) { return spent_[static_cast<std::size_t>(state)]; }
  Activity present();
  int awake() { return cores_in_all_ - in(State::kGated); }

  sim::Simulation& sim_;
  const PowerParams params_;
  const int threads_per_core_;
  const int cores_in_all_;
  const double smt_speed_;
  const sim::Duration gate_after_;
  std::deque<PhysicalCore> cores_;  // a deque: timers keep their addresses
  std::vector<core::Core*> threads_;
  std::vector<core::IdleState> idle_;  // of each thread, kPoll when busy

  sim::Frequency clock_;
  std::array<int, kStates> in_{};               // cores in each state
  std::array<sim::Duration, kStates> spent_{};  // core time in each state
  sim::Time settled_{};                         // until when that is counted
  double cycles_ = 0;
  double joules_ = 0;
  // Of the present period of the control loop:
  int most_awake_ = 0;
  PackageStats period_began_;
  sim::Timer update_;
};

}  // namespace zen3
