// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/fabric/params.h"
#include "sim/made_once.h"

namespace fabric {

/// From `from` on, until the next one, bulk flows take this much of a link.
struct FlowRate {
  Time from;
  Bandwidth rate;

  bool operator==(const FlowRate&) const = default;
  static void describe(auto&& field) {
    field(&FlowRate::from, "from", "since when");
    field(&FlowRate::rate, "rate", "of all flows together");
  }
};

/// One direction of a cable, with the queue of the port before it; or a switch's way from its
/// inputs to its outputs, which any number of packets take at once.
struct PlatformLink {
  std::string name;
  Bandwidth rate;
  Duration latency;
  bool queues = true;
  std::vector<FlowRate> flows = {};  // in order of time; none before the first

  static void describe(auto&& field) {
    using L = PlatformLink;
    field(&L::name, "name", "such as client1.up");
    field(&L::rate, "rate", "what it moves");
    field(&L::latency, "latency", "from end to end");
    field(&L::queues, "queues", "whether packets wait for it");
    field(&L::flows, "flows", "what bulk flows take of it");
  }
};

/// The links that a packet goes through, in order.
using Route = std::vector<std::size_t>;

struct FlowSpan {
  Time begun;
  Time ended;

  static void describe(auto&& field) {
    field(&FlowSpan::begun, "begun", "when it was handed to the network");
    field(&FlowSpan::ended, "ended", "when its last byte was there");
  }
};

/// What SimGrid makes of the parameters, in whole picoseconds and bits per second.
struct Platform {
  std::vector<PlatformLink> links;
  std::vector<Route> to_server;    // from each client, the first is client 1
  std::vector<Route> from_server;  // to each client
  std::vector<FlowSpan> flows;

  Duration latency_of(const Route& route) const;

  static void describe(auto&& field) {
    field(&Platform::links, "links", "both directions of cables, and switches");
    field(&Platform::to_server, "to_server", "routes, by client");
    field(&Platform::from_server, "from_server", "routes, by client");
    field(&Platform::flows, "flows", "in the order of the parameters");
  }
};

/// Builds the platform in SimGrid, runs its bulk flows to their end, and tells what came out. A
/// program of its own does that (simgrid.cpp), since a process can have only one SimGrid engine:
/// the caller may have any number of simulations and threads. Takes some 60 ms.
///
/// Promised: the same for the same parameters. Latencies and rates are exact; an instant at which
/// the rates of flows change is off by half a picosecond, and by what SimGrid's clock, a double,
/// has gathered by then: 0.1 ps after 1,000 changes in the first second, 7 ps at 100 s
/// (docs/decisions/0015).
Platform survey(const FabricParams& params);

/// Surveys each network once, for whoever runs many points of few networks. Any thread may ask.
class Surveys {
 public:
  /// Stays where it is.
  const Platform& of(const FabricParams& params) const;

 private:
  sim::MadeOnce<std::vector<std::int64_t>, Platform> known_;  // by all their parameters
};

}  // namespace fabric
