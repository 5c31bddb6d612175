// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/measure/hardware.h"
#include "experiments/system/machine_params.h"

namespace experiments {

/// What taking a page out of the TLBs of 2, 4, 16 and 120 cores adds to taking it out of one's own,
/// the cores spread evenly over the machine's sockets: those of these numbers that it has, and that
/// are not fewer than its sockets. The machine is that of `params.host_kind`.
void measure_shootdowns(const MachineParams& params, HardwareResult& result);

}  // namespace experiments
