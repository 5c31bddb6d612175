// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/core/core_params.h"
#include "models/machine/graph.h"
#include "models/memory/domain.h"
#include "models/zen3/power.h"
#include "sim/describe.h"

/// AMD EPYC 7003 "Milan": Zen 3 cores in core complexes of eight around an I/O die per socket.
namespace zen3 {

using namespace std::chrono_literals;

struct Zen3Params {
  int sockets = 2;
  int ccds = 8;
  int cores_per_ccd = 8;
  int threads_per_core = 1;
  sim::Duration transfer_smt = 10ns;
  sim::Duration transfer_ccx = 23ns;
  sim::Duration transfer_socket = 107ns;
  sim::Duration transfer_cross = 197ns;
  double smt_speed = 0.63;
  core::CoreParams core;
  sim::Frequency other_socket_clock = core::kReferenceClock;
  memory::DomainParams caches;
  PowerParams power;

  static void describe(auto&& field) {
    using sim::Range;
    field(&Zen3Params::sockets, "sockets", "sockets",
          sim::stated("wave.md 1: two sockets of 64 cores"), Range{1, 2});
    field(&Zen3Params::ccds, "ccds", "core complex dies in a socket",
          sim::published("hardware.md 3.1: EPYC 7763, eight"), Range{1, 8});
    field(&Zen3Params::cores_per_ccd, "cores_per_ccd", "cores that share an L3 cache",
          sim::published("hardware.md 3.1"), Range{1, 8});
    field(&Zen3Params::threads_per_core, "threads_per_core",
          "hardware threads of a core that the experiment uses",
          sim::chosen("one worker on each core"), Range{1, 2});
    field(&Zen3Params::transfer_smt, "transfer_smt", "line from one thread of a core to the other",
          sim::published("hardware.md 3.2: core-to-core matrices, EPYC 7R13"), Range{8ns, 12ns});
    field(&Zen3Params::transfer_ccx, "transfer_ccx", "line between cores of one CCX",
          sim::published("hardware.md 3.2: median"), Range{16ns, 30ns});
    field(&Zen3Params::transfer_socket, "transfer_socket", "line between dies of one socket",
          sim::published("hardware.md 3.2: median"), Range{80ns, 140ns});
    field(&Zen3Params::transfer_cross, "transfer_cross", "line between sockets",
          sim::published("hardware.md 3.2: median"), Range{180ns, 290ns});
    field(&Zen3Params::smt_speed, "smt_speed",
          "speed of each of two busy threads of a core, as a share of one alone",
          sim::recalled("hardware.md 8.4"), Range{0.55, 0.7});
    field(&Zen3Params::core, "core", "one core");
    field(&Zen3Params::other_socket_clock, "other_socket_clock",
          "clock rate of the other socket's cores, where an agent may run",
          sim::chosen("as socket 0; wave.md E9 lowers it to 3.0, 2.5 and 2.0 GHz"),
          Range{sim::Frequency::gigahertz(1.5), sim::Frequency::gigahertz(3.7)});
    field(&Zen3Params::caches, "caches", "shared caches and memory");
    field(&Zen3Params::power, "power", "power and clock of a socket");
  }

  int threads_per_socket() const { return ccds * cores_per_ccd * threads_per_core; }
  /// A core of the other socket, as far as it differs.
  core::CoreParams other_socket_core() const {
    core::CoreParams other = core;
    other.clock = other_socket_clock;
    return other;
  }
};

/// The parts of the host that others connect to.
struct Zen3 {
  std::vector<machine::Graph::Vertex> threads;     // socket by socket, die by die, core by core
  std::vector<machine::Graph::Vertex> root_ports;  // one per socket, once they are added
  std::vector<machine::Graph::Vertex> io_dies;     // one per socket
};

/// Adds the host to a machine, so that the latencies between its parts are those of `params`.
/// `between_sockets`, for the picture, is what their link moves; zero: not drawn.
Zen3 add_to(machine::Graph& graph, const Zen3Params& params, sim::Bandwidth between_sockets = {});
/// Adds the root ports, `from_core` from their socket's cores, or no less than the I/O die is.
void add_root_ports(machine::Graph& graph, Zen3& host, const Zen3Params& params,
                    sim::Duration from_core);

}  // namespace zen3
