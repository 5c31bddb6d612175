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

/// Throws Stopped once `stop` is true. With null nobody asks.
inline void heed(const std::atomic<bool>* stop) {
  if (stop != nullptr && stop->load(std::memory_order_relaxed)) throw Stopped();
}

/// As sim.run_until(end): same entries, same hash. But heeds `stop` now and then.
void run_until(sim::Simulation& sim, sim::Time end, const std::atomic<bool>* stop);

}  // namespace experiments
