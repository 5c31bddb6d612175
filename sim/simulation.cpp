// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

#include <algorithm>

namespace sim {

Simulation::~Simulation() {
  for (Entry* entry : heap_) {
    entry->drop(*entry);
    delete entry;
  }
}

void Simulation::push(Entry* entry) {
  heap_.push_back(entry);
  std::push_heap(heap_.begin(), heap_.end(), later);
}

void Simulation::step() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  std::unique_ptr<Entry> entry(heap_.back());
  heap_.pop_back();
  now_ = entry->when;
  ++events_;
  note(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  entry->run(*entry);
}

void Simulation::run() {
  stopping_ = false;
  while (!stopping_ && !heap_.empty()) step();
}

void Simulation::run_until(Time end) {
  stopping_ = false;
  while (!stopping_ && !heap_.empty() && heap_.front()->when <= end) step();
  if (!stopping_ && now_ < end) now_ = end;
}

void Timer::arm_at(Time when) {
  state_->armed = true;
  state_->due = when;
  sim_.at(when, [state = state_, generation = ++state_->generation] {
    if (state->generation != generation) return;
    state->armed = false;
    state->run();
  });
}

}  // namespace sim
