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

struct SkylakeParams {
  int sockets = 2;
  int cores = 28;
  sim::Duration transfer_mesh = 48ns;
  sim::Duration transfer_cross = 137ns;
  core::CoreParams core = skylake_core();
  memory::DomainParams caches = skylake_caches();
  sim::Duration ipi_send = 150ns;
  sim::Duration ipi_flight = 48ns;
  sim::Duration interrupt_receive = 470ns;
  sim::Duration interrupt_leave = 112ns;
  sim::Duration syscall = 72ns;
  sim::Duration minimal_switch = 410ns;

  static core::CoreParams skylake_core() {
    core::CoreParams p;
    p.clock = sim::Frequency::gigahertz(3.0);
    p.relative_ipc = 0.84;
    return p;
  }
  static memory::DomainParams skylake_caches() {
    memory::DomainParams p;
    p.last_level = 24ns;
    p.dram = 90ns;
    p.shared_cache_within = 100ns;
    return p;
  }
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
    field(&P::core, "core",
          "one core; its clock is assumed to be the turbo of a 2.0 GHz part with few active cores, "
          "its instructions per clock those of Zen 2, 1 / 1.19 of Zen 3's (hardware.md 3.1)");
    field(&P::caches, "caches", "shared cache and memory: recalled, 70 cycles and 90 ns");
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
