// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/describe.h"
#include "sim/units.h"

namespace fabric {

using namespace std::chrono_literals;
using sim::Bandwidth;
using sim::Bytes;
using sim::Duration;
using sim::Time;
using sim::operator""_B;

/// An end of the network: 0 is the server's port, 1 to `clients` are the client machines.
using Node = int;

/// A full-duplex cable: what each direction moves, and how long a bit is under way.
struct LinkParams {
  Bandwidth rate = Bandwidth::gigabits_per_second(100);
  Duration latency = 300ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&LinkParams::rate, "rate", "of each direction, all framing counted",
          sim::chosen("what its place in the network asks for"),
          Range{Bandwidth::gigabits_per_second(1), Bandwidth::gigabits_per_second(800)});
    field(&LinkParams::latency, "latency",
          "from a bit's leaving one end to its being taken in at the other: MAC and PHY on both "
          "sides, cable",
          sim::assumed("RS-FEC takes about 100 ns, MAC and PHY as much again, 3 m of cable 15 ns"),
          Range{50ns, 10us});
  }
};

/// Data that shares links with the messages, as a backup or a shuffle does.
struct FlowParams {
  Node from = 1;
  Node to = 0;
  Bytes size{1'000'000'000};
  Duration start{};
  Bandwidth limit{};

  static void describe(auto&& field) {
    using sim::Range;
    field(&FlowParams::from, "from", "where it comes from: 0 the server, 1 and on the clients",
          sim::chosen("the experiment's question"));
    field(&FlowParams::to, "to", "where it goes", sim::chosen("the experiment's question"));
    field(&FlowParams::size, "size", "all that it moves, framing counted",
          sim::chosen("the experiment's question"));
    field(&FlowParams::start, "start", "when it begins", sim::chosen("the experiment's question"));
    field(&FlowParams::limit, "limit", "the most that it sends in a second; 0 for no limit",
          sim::chosen("a flow takes what it can get"));
  }
};

/// The network around the server: a rack of clients behind the server's own top-of-rack switch, and
/// racks of clients behind a spine.
struct FabricParams {
  int near_clients = 16;
  int racks = 0;
  int rack_clients = 16;

  LinkParams server{.rate = Bandwidth::gigabits_per_second(200)};
  LinkParams client{};
  LinkParams uplink{.rate = Bandwidth::gigabits_per_second(400), .latency = 500ns};
  Duration top_of_rack = 500ns;
  Duration spine = 700ns;

  Bytes ethernet = 38_B;
  Bytes headers = 40_B;
  Bytes least_frame = 84_B;

  double message_share = 0.5;
  std::vector<FlowParams> flows = {};

  int clients() const { return near_clients + racks * rack_clients; }

  static void describe(auto&& field) {
    using P = FabricParams;
    using sim::Range;
    field(&P::near_clients, "near_clients", "client machines in the server's own rack",
          sim::chosen("enough that no client's link is what limits a run"), Range{0, 64});
    field(&P::racks, "racks", "racks of clients behind the spine, besides the server's own",
          sim::chosen("one switch between client and server"), Range{0, 16});
    field(&P::rack_clients, "rack_clients", "client machines in each of them",
          sim::chosen("a rack's worth of clients"), Range{1, 64});
    field(&P::server, "server", "from the server's port to its top-of-rack switch");
    field(&P::client, "client", "from a client to its top-of-rack switch");
    field(&P::uplink, "uplink", "from a top-of-rack switch to the spine");
    field(&P::top_of_rack, "top_of_rack",
          "of a top-of-rack switch, from the last bit in to the packet's place in the output queue",
          sim::recalled("data sheets of shared-memory switches: 400 to 800 ns from port to port"),
          Range{100ns, 2us});
    field(&P::spine, "spine", "the same of the spine switch",
          sim::recalled("as a top-of-rack switch, or a chassis of several"), Range{100ns, 5us});
    field(&P::ethernet, "ethernet",
          "of a packet on the wire around its IP packet: preamble 8, header 14, checksum 4, gap 12",
          sim::published("IEEE 802.3"), Range{38_B, 42_B});
    field(&P::headers, "headers", "IP and transport headers of a packet",
          sim::chosen("IPv4 and TCP without options; with timestamps 52, UDP over IPv6 48"),
          Range{28_B, 92_B});
    field(&P::least_frame, "least_frame", "what the shortest packet takes on the wire",
          sim::published("IEEE 802.3: 64 bytes of frame, 8 of preamble, 12 of gap"),
          Range{84_B, 84_B});
    field(&P::message_share, "message_share",
          "of each link, the part that is the messages' whatever bulk flows there are",
          sim::assumed("switches serve traffic classes by weight (IEEE 802.1Qaz)"),
          Range{0.05, 0.95});
    field(&P::flows, "flows", "bulk flows");
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const LinkParams& params);
void check(const FlowParams& params);
void check(const FabricParams& params);

}  // namespace fabric
