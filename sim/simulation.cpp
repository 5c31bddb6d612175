// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

namespace sim {

bool Simulation::step() {
  if (agenda_.next_is_queued(now_)) {
    if (now_ > end_) return false;
    if (agenda_.drop_withdrawn()) return true;
    tick(now_);
    agenda_.run_queued();
    return true;
  }
  if (agenda_.none_armed() || agenda_.first_armed() > end_) return false;
  tick(agenda_.first_armed());
  agenda_.run_armed();
  return true;
}

void Simulation::run_through(Time end) {
  end_ = end;
  while (step()) {
  }
}

void Simulation::run_until(Time end) {
  run_through(end);
  const bool stopped = end_ != end;
  if (!stopped && now_ < end) now_ = end;
}

}  // namespace sim
