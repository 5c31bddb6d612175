// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/port.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace fabric {

Port::Port(sim::Simulation& sim, const PlatformLink& link, std::function<void(Transit&)> left)
    : sim_(sim), wire_(link), left_(std::move(left)), timer_(sim, [this] { first_leaves(); }) {}

void Port::pass(Transit& packet) {
  SIM_CHECK(packet.entered >= std::max(sim_.now(), entered_));
  entered_ = packet.entered;
  const Time begun = std::max(packet.entered, free_);
  packet.departs = free_ = wire_.finish(begun, packet.size);
  count(packet, begun);
}

void Port::announce(Transit& packet) {
  packet.departs = Time::min();
  queue_.push(&packet);
  std::size_t place = queue_.next_number() - 1;
  for (; place > queue_.front_number() && queue_.at(place - 1)->entered > packet.entered; --place)
    queue_.at(place) = queue_.at(place - 1);
  queue_.at(place) = &packet;
  schedule_from(place);
}

/// Everyone behind a new packet moves back, up to the first whom it does not delay.
void Port::schedule_from(std::size_t number) {
  const bool first_moves = number == queue_.front_number();
  Time free = first_moves ? free_ : queue_.at(number - 1)->departs;
  for (; number < queue_.next_number(); ++number) {
    Transit& packet = *queue_.at(number);
    free = wire_.finish(std::max(packet.entered, free), packet.size);
    if (free == packet.departs) break;
    packet.departs = free;
  }
  if (first_moves) arm();
}

void Port::arm() {
  const Transit& first = *queue_.front();
  timer_.arm_at(first.departs + first.ahead.front().then);
}

void Port::first_leaves() {
  Transit& packet = *queue_.pop();
  count(packet, std::max(packet.entered, free_));
  free_ = packet.departs;
  if (!queue_.empty()) arm();
  left_(packet);
}

void Port::count(const Transit& packet, Time begun) {
  ++stats_.packets;
  stats_.bytes += packet.size;
  stats_.busy += packet.departs - begun;
  stats_.wait.record(begun - packet.entered);
}

}  // namespace fabric
