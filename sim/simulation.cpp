// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

#include "sim/fiber.h"

namespace sim {

inline bool Simulation::step() {
  const auto call = [this](Run what, void* self) {
    if (what == &Fiber::run) return Fiber::run(agenda_, self);  // inline: see fiber.h
    what(agenda_, self);
  };
  if (agenda_.next_is_queued(now_)) {
    if (now_ > end_) return false;
    if (agenda_.drop_withdrawn()) return true;
    tick(now_);
    agenda_.run_queued(call);
    return true;
  }
  if (agenda_.none_armed() || agenda_.first_armed() > end_) return false;
  tick(agenda_.first_armed());
  agenda_.run_armed(call);
  return true;
}

Simulation::Running::~Running() {
  sim.agenda_.settle();
  sim.running_ = false;
}

void Simulation::run_through(Time end) {
  SIM_CHECK(!running_);  // an entry must not run the simulation that runs it
  const Running running(*this);
  end_ = end;
  agenda_.settle();  // what was filed between runs
  while (step()) {
  }
}

void Simulation::run_until(Time end) {
  run_through(end);
  const bool stopped = end_ != end;
  if (!stopped && now_ < end) now_ = end;
}

std::vector<std::string> Simulation::who_waits() const {
  std::vector<std::string> lines;
  for (const WaitPlace* place : wait_places_) {
    if (place->waiting() == 0) continue;
    const std::string name = place->name().empty() ? "(unnamed)" : place->name();
    lines.push_back(name + ": " + std::to_string(place->waiting()) + " waiting");
  }
  return lines;
}

WaitPlace::WaitPlace(Simulation& sim, std::string name)
    : sim_(sim),
      name_(std::move(name)),
      listed_(sim.wait_places_.insert(sim.wait_places_.end(), this)) {}

WaitPlace::~WaitPlace() {
  sim_.wait_places_.erase(listed_);
}

}  // namespace sim
