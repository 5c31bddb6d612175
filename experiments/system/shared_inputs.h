// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "models/fabric/platform.h"
#include "workloads/captures.h"

namespace experiments {

/// What runs of one sweep look up, each thing once for all of them. Any thread may ask. Who runs
/// but once needs none of before.
struct SharedInputs {
  /// Once true, runs under way throw Stopped.
  const std::atomic<bool>* stop = nullptr;
  fabric::Surveys surveys = {};
  workloads::Captures captures = {};
};

}  // namespace experiments
