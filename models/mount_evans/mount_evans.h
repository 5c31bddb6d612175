// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/core/core_params.h"
#include "models/machine/graph.h"
#include "models/memory/domain.h"
#include "sim/describe.h"

/// Intel Mount Evans (IPU E2000): sixteen Arm Neoverse N1 cores on a mesh with a system-level
/// cache, and DRAM that the host can map.
namespace mount_evans {

using namespace std::chrono_literals;

/// A Neoverse N1 core, as far as it differs from any other core.
struct NeoverseN1Params {
  sim::Frequency clock = sim::Frequency::gigahertz(3.0);
  double relative_ipc = 0.6417;
  sim::Cycles l1_hit{4};
  sim::Cycles store_issue{1};
  sim::Duration uncached_load = 115ns;
  sim::Duration uncached_store = 100ns;
  double block_cycles = 3.1;

  static void describe(auto&& field) {
    using sim::Range;
    field(&NeoverseN1Params::clock, "clock", "clock rate",
          sim::stated("wave.md 1: 3.0 GHz; as shipped 2.5 GHz (hardware.md 4)"),
          Range{sim::Frequency::gigahertz(2.5), sim::Frequency::gigahertz(3.0)});
    field(&NeoverseN1Params::relative_ipc, "relative_ipc",
          "instructions per clock relative to Zen 3",
          sim::derived("hardware.md 4: at 3.0 GHz 0.55 (0.43..0.62) of Zen 3 at 3.5 GHz"),
          Range{0.50, 0.73});
    field(&NeoverseN1Params::l1_hit, "l1_hit", "load that hits the first-level cache",
          sim::published("hardware.md 4: AnandTech, Graviton2"),
          Range{sim::Cycles{4}, sim::Cycles{5}});
    field(&NeoverseN1Params::store_issue, "store_issue", "store that hits the own cache, per word",
          sim::assumed("one store a clock"), Range{sim::Cycles{1}, sim::Cycles{2}});
    field(&NeoverseN1Params::uncached_load, "uncached_load",
          "load of one word from NIC DRAM mapped uncached",
          sim::recalled("hardware.md 4: 110-120 ns to DRAM"), Range{95ns, 150ns});
    field(&NeoverseN1Params::uncached_store, "uncached_store",
          "store of one word to NIC DRAM mapped uncached; Linux maps it Device-nGnRnE, without "
          "early acknowledgement, so a store takes about as long as a load",
          sim::assumed("hardware.md 8.6 has 10-60 ns for registers that acknowledge early"),
          Range{30ns, 150ns});
    field(&NeoverseN1Params::block_cycles, "block_cycles",
          "clock cycles of a basic block of code whose blocks are counted (metered costs)",
          sim::derived("Zen 3's 2.0, over relative_ipc"), Range{2.0, 11.7});
  }

  core::CoreParams core() const {
    core::CoreParams p;
    p.clock = clock;
    p.relative_ipc = relative_ipc;
    p.l1_hit = l1_hit;
    p.store_issue = store_issue;
    p.uncached_load = uncached_load;
    p.uncached_store = uncached_store;
    p.block_cycles = block_cycles;
    return p;
  }
};

struct MountEvansCaches {
  sim::Duration last_level = 35ns;
  sim::Duration dram = 115ns;

  static void describe(auto&& field) {
    using sim::Range;
    field(&MountEvansCaches::last_level, "last_level", "load that hits the system-level cache",
          sim::recalled("hardware.md 4: 25-40 ns"), Range{25ns, 45ns});
    field(&MountEvansCaches::dram, "dram", "load from NIC DRAM",
          sim::recalled("hardware.md 4: LPDDR4X, 110-120 ns"), Range{95ns, 150ns});
  }

  memory::DomainParams domain() const { return {.last_level = last_level, .dram = dram}; }
};

struct MountEvansParams {
  int cores = 16;
  sim::Duration core_to_core = 47ns;
  sim::Duration msix_register = 70ns;
  sim::Duration msix_ioctl = 340ns;
  bool msix_by_ioctl = false;
  NeoverseN1Params core;
  MountEvansCaches caches;

  static void describe(auto&& field) {
    using sim::Range;
    field(&MountEvansParams::cores, "cores", "cores", sim::stated("wave.md 1: sixteen Neoverse N1"),
          Range{1, 24});
    field(&MountEvansParams::core_to_core, "core_to_core", "line from one core to another",
          sim::published("hardware.md 4: Graviton2, median"), Range{30ns, 60ns});
    field(&MountEvansParams::msix_register, "msix_register",
          "CPU time to send an MSI-X by writing a doorbell register",
          sim::recalled("wave.md E1: 70 ns"), Range{50ns, 200ns});
    field(&MountEvansParams::msix_ioctl, "msix_ioctl",
          "CPU time to send an MSI-X through the driver", sim::recalled("wave.md E1: 340 ns"),
          Range{250ns, 500ns});
    field(&MountEvansParams::msix_by_ioctl, "msix_by_ioctl",
          "send MSI-X through the driver instead of by register",
          sim::chosen("the agent maps the doorbell"));
    field(&MountEvansParams::core, "core", "one core");
    field(&MountEvansParams::caches, "caches", "system-level cache and memory");
  }
};

/// The parts of the NIC that others connect to.
struct MountEvans {
  std::vector<machine::Graph::Vertex> cores;
  machine::Graph::Vertex endpoint;
  machine::Graph::Vertex mesh;
};

/// Adds the NIC to a machine; `bar_to_mesh` is the way from its PCIe port to the mesh.
MountEvans add_to(machine::Graph& graph, const MountEvansParams& params, sim::Duration bar_to_mesh);

}  // namespace mount_evans
