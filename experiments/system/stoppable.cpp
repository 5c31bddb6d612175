// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/stoppable.h"

#include <algorithm>
#include <chrono>

namespace experiments {
namespace {

/// Of simulated time. On any machine that is over soon, and looking costs nothing next to it.
constexpr sim::Duration kBetweenLooksAtStop = std::chrono::milliseconds{1};

}  // namespace

void run_until(sim::Simulation& sim, sim::Time end, const std::atomic<bool>* stop) {
  if (stop == nullptr) return sim.run_until(end);
  for (;;) {
    heed(stop);
    // Not now + 1 ms, which may lie beyond the end of time.
    const sim::Time next =
        end - sim.now() > kBetweenLooksAtStop ? sim.now() + kBetweenLooksAtStop : end;
    sim.run_until(next);
    const bool left_early = sim.now() < next;
    if (next >= end || left_early) return;
  }
}

}  // namespace experiments
