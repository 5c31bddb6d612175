// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "models/fabric/params.h"
#include "models/fabric/platform.h"
#include "models/fabric/port.h"
#include "models/fabric/stats.h"
#include "sim/simulation.h"

namespace fabric {

/// Carries packets between the server's port and the clients. Each goes by its route on the SimGrid
/// platform: it waits at each port, takes the wire for as long as its bytes need there, flies, and
/// is stored in each switch before it goes on.
///
/// Promised: exact to the picosecond, first come first served at each port. One agenda entry for a
/// packet within a rack, one more for each further switch.
///
/// Not modelled: loss, finite buffers, ECN and pauses (a queue grows without end); cut-through
/// switches (a packet is stored at each); what messages take from bulk flows; packets between
/// clients; congestion control, which would be its user's.
class Network {
 public:
  Network(sim::Simulation& sim, const FabricParams& params)
      : Network(sim, params, survey(params)) {}
  /// With what `survey` said, for many simulations of one network.
  Network(sim::Simulation& sim, const FabricParams& params, const Platform& platform);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  int clients() const { return static_cast<int>(to_server_.size()); }

  /// `arrived()` runs when the last byte of a packet with `size` bytes of payload is at `to`'s
  /// port. Either `from` or `to` is the server. Holds up to sim::Callback's 48 bytes.
  template <class F>
  void send(Node from, Node to, Bytes size, F&& arrived) {
    send_at(sim_.now(), from, to, size, std::forward<F>(arrived));
  }
  /// The same for a packet that is handed to its machine's wire at `when`, now or later; of one
  /// machine in the order of `when`.
  template <class F>
  void send_at(Time when, Node from, Node to, Bytes size, F&& arrived) {
    Transit& packet = unused_packet();
    packet.arrived.set(std::forward<F>(arrived));
    packet.entered = when;
    depart(packet, way(from, to), size);
  }
  /// What a packet with so much payload takes on the wire.
  Bytes on_the_wire(Bytes payload) const;

  NetworkStats stats() const;
  const std::vector<PlatformLink>& links() const { return links_; }
  /// Of one of these, in their order.
  const LinkStats& stats_of(std::size_t link) const;

 private:
  Way way_of(const Route& route);
  const Way& way(Node from, Node to) const;
  Transit& unused_packet();
  void depart(Transit& packet, const Way& way, Bytes size);
  void left(Transit& packet);
  void go_on(Transit& packet, Time when);

  sim::Simulation& sim_;
  const Bytes around_payload_;
  const Bytes least_frame_;
  std::vector<PlatformLink> links_;
  std::deque<Port> ports_;  // a switch has one as well, which nothing enters
  std::vector<Way> to_server_;
  std::vector<Way> from_server_;
  std::deque<Transit> packets_;  // stay where they are
  std::vector<Transit*> unused_;
  NetworkStats stats_;
};

}  // namespace fabric
