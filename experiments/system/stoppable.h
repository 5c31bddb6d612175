// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <exception>

#include "sim/simulation.h"

namespace experiments {

/// A run that somebody asked to stop: it has no result, and nothing was wrong with it.
struct Stopped : std::exception {
  const char* what() const noexcept override { return "the run was stopped"; }
};

/// Whether somebody asks to stop; with null nobody does.
inline bool is_set(const std::atomic<bool>* stop) {
  return stop != nullptr && stop->load(std::memory_order_relaxed);
}

/// Throws Stopped if somebody asks to.
inline void heed(const std::atomic<bool>* stop) {
  if (is_set(stop)) throw Stopped();
}

/// As sim.run_until(end): same entries, same hash. But heeds `stop` now and then.
void run_until(sim::Simulation& sim, sim::Time end, const std::atomic<bool>* stop);

}  // namespace experiments
