// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/measure/kernel_costs.h"

namespace experiments {

/// What it takes to wake a thread that waits in a futex, from a core that shares a cache with its
/// own: the waker's call, and the way until the thread runs, by the state in which its core idles.
void measure_wake_ups(const KernelHost& host, HardwareResult& result);

}  // namespace experiments
