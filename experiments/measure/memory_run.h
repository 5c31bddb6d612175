// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "experiments/measure/experiment.h"

namespace experiments {

/// Memory management, from its beginning: what it found after the warm-up, and epoch by epoch.
/// Throws Stopped once `stop` is true.
RunResult run_memory(const ExperimentParams& experiment, std::uint64_t seed,
                     const std::atomic<bool>* stop = nullptr);

}  // namespace experiments
