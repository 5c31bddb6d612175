// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/measure/hardware.h"
#include "experiments/system/machine_params.h"

namespace experiments {

/// Microbenchmarks of a device behind the link, alone on it: its DMA block's reads of host memory
/// against their size, a write of the same that is read back, what the cache, the other socket and
/// a page walk change; and how long a NIC takes to have a 64-byte message, by how it is told of it.
/// Without the IOMMU, but for the walk and the message. Nothing in them is random.
HardwareResult measure_device(const MachineParams& machine);

}  // namespace experiments
