// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/machine_params.h"
#include "models/memory/pcie_path.h"
#include "models/pcie/msix.h"

namespace experiments {

/// What lies between the host's cores and the NIC's: the link, what stands at its two ends, and
/// the ways through it that software uses.
struct PcieConnection {
  PcieConnection(sim::Simulation& sim, const pcie::PcieParams& params)
      : link(sim, params.link),
        root_complex(sim, params),
        mmio(sim, link, root_complex, params.endpoint),
        msix(sim, link, root_complex, params.msix),
        path(mmio) {}

  pcie::Link link;
  pcie::RootComplex root_complex;
  pcie::Mmio mmio;
  pcie::Msix msix;
  memory::PciePath path;
};

}  // namespace experiments
