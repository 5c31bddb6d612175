// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/core/core_params.h"
#include "models/machine/graph.h"
#include "models/memory/domain.h"
#include "sim/describe.h"

/// Intel Xeon Scalable, first generation: Skylake cores on a mesh that shares one last-level cache
/// a socket.
namespace skylake {

using namespace std::chrono_literals;

/// A Skylake core, as far as it differs from any other core.
struct SkylakeCore {
  sim::Frequency clock = sim::Frequency::gigahertz(3.0);
  double relative_ipc = 0.84;
  sim::Cycles l1_hit{4};

  static void describe(auto&& field) {
    using sim::Range;
    field(&SkylakeCore::clock, "clock", "clock rate",
          sim::assumed("turbo of a 2.0 GHz part with few active cores"),
          Range{sim::Frequency::gigahertz(2.0), sim::Frequency::gigahertz(3.5)});
    field(&SkylakeCore::relative_ipc, "relative_ipc", "instructions per clock relative to Zen 3",
          sim::assumed("those of Zen 2, of which Zen 3 has 1.19 times as many (hardware.md 3.1)"),
          Range{0.75, 1.0});
    field(&SkylakeCore::l1_hit, "l1_hit", "load that hits the first-level cache",
          sim::recalled("4 to 5 cycles"), Range{sim::Cycles{4}, sim::Cycles{5}});
  }

  core::CoreParams core() const {
    core::CoreParams p;
    p.clock = clock;
    p.relative_ipc = relative_ipc;
    p.l1_hit = l1_hit;
    return p;
  }
};

struct SkylakeCaches {
  sim::Duration last_level = 24ns;
  sim::Duration dram = 90ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&SkylakeCaches::last_level, "last_level", "load that hits the socket's last-level cache",
          sim::recalled("some 70 cycles"), Range{18ns, 35ns});
    field(&SkylakeCaches::dram, "dram", "load from the socket's own memory",
          sim::recalled("80 to 100 ns"), Range{75ns, 110ns});
  }
};

struct SkylakeParams {
  int sockets = 2;
  int cores = 28;
  sim::Duration transfer_mesh = 48ns;
  sim::Duration transfer_cross = 137ns;
  SkylakeCore core;
  SkylakeCaches caches;
  sim::Duration ipi_send = 150ns;
  sim::Duration ipi_flight = 48ns;
  sim::Duration interrupt_receive = 470ns;
  sim::Duration interrupt_leave = 112ns;
  sim::Duration syscall = 72ns;
  sim::Duration minimal_switch = 410ns;

  static void describe(auto&& field) {
    using P = SkylakeParams;
    using sim::Range;
    field(&P::sockets, "sockets", "sockets", sim::recalled("two, as ghOSt's test bed"),
          Range{1, 2});
    field(&P::cores, "cores", "cores of a socket", sim::recalled("Xeon 8173M: 28"), Range{2, 28});
    field(&P::transfer_mesh, "transfer_mesh", "line between cores of a socket",
          sim::recalled("public core-to-core matrices, Xeon 8275CL of the same mesh"),
          Range{40ns, 80ns});
    field(&P::transfer_cross, "transfer_cross", "line between sockets",
          sim::recalled("public core-to-core matrices, Xeon 8275CL"), Range{110ns, 180ns});
    field(&P::core, "core", "one core");
    field(&P::caches, "caches", "shared cache and memory");
    field(&P::ipi_send, "ipi_send", "CPU time to send an IPI",
          sim::recalled("hardware.md 3.5: 50-100 ns by the textbook, 100-250 ns on AMD"),
          Range{50ns, 250ns});
    field(&P::ipi_flight, "ipi_flight", "IPI in flight, same socket",
          sim::assumed("it crosses the mesh like a line"), Range{40ns, 200ns});
    field(&P::interrupt_receive, "interrupt_receive",
          "from an interrupt's arrival at the core to its handler's first work",
          sim::derived("with interrupt_leave: what ghOSt's table 3, remote schedule, target side, "
                       "leaves; hardware.md 8.5 has 300 to 700 ns for both"),
          Range{200ns, 600ns});
    field(&P::interrupt_leave, "interrupt_leave",
          "from the end of the handler back to what it interrupted",
          sim::derived("as interrupt_receive"), Range{50ns, 250ns});
    field(&P::syscall, "syscall", "entering and leaving the kernel, on this host",
          sim::published("ghOSt, SOSP 2021, table 3"), Range{60ns, 170ns});
    field(&P::minimal_switch, "minimal_switch",
          "from a thread's system call until another thread of its process runs, on this host",
          sim::published("ghOSt, SOSP 2021, table 3"), Range{300ns, 450ns});
  }

  /// All cores of a socket share its last-level cache.
  memory::DomainParams domain() const {
    return {
        .last_level = caches.last_level, .dram = caches.dram, .shared_cache_within = transfer_mesh};
  }
};

/// The parts of the host that others connect to.
struct Skylake {
  std::vector<machine::Graph::Vertex> threads;  // socket by socket
};

/// Adds the host to a machine, so that the latencies between its parts are those of `params`.
///
/// Not modelled: hyperthreads, the root ports (no device is attached), distances on the mesh.
Skylake add_to(machine::Graph& graph, const SkylakeParams& params);

}  // namespace skylake
