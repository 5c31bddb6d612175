// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/system/machine_params.h"
#include "experiments/system/observers.h"
#include "models/core/core.h"
#include "models/memory/pcie_path.h"
#include "models/pcie/msix.h"

namespace experiments {

/// Of a core of the host: the NIC is on the first one.
inline pcie::Socket socket_of(const core::Core& core) {
  return core.domain().node(core.index()) == 0 ? pcie::Socket::kLocal : pcie::Socket::kRemote;
}

/// What lies between the host's cores and the NIC's: the link, what stands at its two ends, and
/// the ways through it that software uses.
struct PcieConnection {
  PcieConnection(sim::Simulation& sim, const pcie::PcieParams& params)
      : link(sim, params.link),
        root_complex(sim, params),
        mmio(sim, link, root_complex, params.endpoint),
        msix(sim, link, root_complex, params.msix),
        path_from_other_socket(mmio, pcie::Socket::kRemote),
        path(mmio, &path_from_other_socket) {}

  void observe(const Observers& observers) {
    path.observe(observers.paths);
    path_from_other_socket.observe(observers.paths);
    link.observe(observers.pcie);
  }

  pcie::Link link;
  pcie::RootComplex root_complex;
  pcie::Mmio mmio;
  pcie::Msix msix;
  memory::PciePath path_from_other_socket;
  memory::PciePath path;  // from wherever a core sits
};

}  // namespace experiments
