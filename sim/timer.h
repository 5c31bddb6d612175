// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "sim/simulation.h"

namespace sim {

/// One thing that may happen later, over and over: arm, re-arm and cancel as often as you like.
/// `f` runs at the instant it was last armed for, unless cancelled before. If `f` destroys the
/// timer, that must be the last thing it does.
class Timer {
 public:
  template <class F>
  Timer(Simulation& sim, F f) : sim_(sim), slot_(sim.agenda_.open(&run<F>, std::move(f))) {}
  ~Timer() { sim_.agenda_.close(slot_); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(Duration d) { arm_at(sim_.now() + d); }
  void arm_at(Time when) {
    SIM_CHECK(when >= sim_.now());
    sim_.agenda_.arm(slot_, when);
  }
  void cancel() { sim_.agenda_.cancel(slot_); }
  bool armed() const { return sim_.agenda_.armed(slot_); }
  /// When it will run. Only while armed.
  Time due() const { return sim_.agenda_.due(slot_); }

 private:
  template <class F>
  static void run(Agenda&, void* self) {
    (*static_cast<F*>(self))();
  }

  Simulation& sim_;
  Slot slot_;
};

}  // namespace sim
