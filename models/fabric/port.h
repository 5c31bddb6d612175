// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "models/fabric/stats.h"
#include "models/fabric/wire.h"
#include "sim/callback.h"
#include "sim/ring.h"
#include "sim/simulation.h"

namespace fabric {

class Port;

/// A port that a packet leaves by, and how long it then takes to the next port's queue or to its
/// destination.
struct Hop {
  Port* port;
  Duration then;
};
using Way = std::vector<Hop>;

/// A packet in the network.
struct Transit {
  std::span<const Hop> ahead;  // the hop where it is comes first
  Bytes payload;
  Bytes size;    // on the wire
  Time entered;  // into the present port's queue
  Time departs;  // its last bit, from the present port, as far as is known
  sim::Callback<void()> arrived;
};

/// A switch's or a machine's output port: a queue without end, first come first served, and the
/// wire behind it.
///
/// A packet's instants follow from those of the packets before it, so it costs one agenda entry,
/// when it has reached the next port or its destination. Packets may be announced before they
/// enter: what could still come before them only has to be announced by then. Packets that enter at
/// one instant leave in the order in which they were announced.
///
/// Not modelled: a bound on the queue, and so loss, ECN and pauses; priorities.
class Port {
 public:
  /// `left` runs when a packet has come to the end of its hop.
  Port(sim::Simulation& sim, const PlatformLink& link, std::function<void(Transit&)> left);

  /// For the first port of a way, which only its own machine feeds, in order of `entered`: when the
  /// packet departs is known at once. No entry.
  void pass(Transit& packet);
  /// `packet.entered` is its instant, not before now. For all other ports.
  void announce(Transit& packet);

  const LinkStats& stats() const { return stats_; }

 private:
  void schedule_from(std::size_t number);
  void first_leaves();
  void arm();
  void count(const Transit& packet, Time begun);

  sim::Simulation& sim_;
  const Wire wire_;
  const std::function<void(Transit&)> left_;
  sim::Ring<Transit*> queue_;  // in the order in which they enter
  Time free_{};                // after the last that left the queue
  Time entered_{};             // the latest that passed
  LinkStats stats_;
  sim::Timer timer_;
};

}  // namespace fabric
