// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/fabric/params.h"

namespace fabric {

/// From `from` on, until the next one, bulk flows take this much of a link.
struct FlowRate {
  Time from;
  Bandwidth rate;

  bool operator==(const FlowRate&) const = default;
};

/// One direction of a cable, with the queue of the port before it; or a switch's way from its
/// inputs to its outputs, which any number of packets take at once.
struct PlatformLink {
  std::string name;
  Bandwidth rate;
  Duration latency;
  bool queues = true;
  std::vector<FlowRate> flows = {};  // in order of time; none before the first
};

/// The links that a packet goes through, in order.
using Route = std::vector<std::size_t>;

struct FlowSpan {
  Time begun;
  Time ended;
};

/// What SimGrid makes of the parameters, in whole picoseconds and bits per second.
struct Platform {
  std::vector<PlatformLink> links;
  std::vector<Route> to_server;    // from each client, the first is client 1
  std::vector<Route> from_server;  // to each client
  std::vector<FlowSpan> flows;

  Duration latency_of(const Route& route) const;
};

/// Builds the platform in SimGrid, runs its bulk flows to their end, and tells what came out. That
/// happens in a child process, since a process can have only one SimGrid engine: the caller may
/// have any number of simulations and threads. Takes 15 ms of CPU time.
///
/// Promised: the same for the same parameters. Latencies and rates are exact; an instant at which
/// the rates of flows change is off by half a picosecond, and by what SimGrid's clock, a double,
/// has gathered by then: 0.1 ps after 1,000 changes in the first second, 7 ps at 100 s
/// (docs/decisions/0015).
Platform survey(const FabricParams& params);

}  // namespace fabric
