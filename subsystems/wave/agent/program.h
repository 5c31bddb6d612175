// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "subsystems/wave/agent/runtime.h"

namespace wave {

/// What an agent process runs. Made anew for each process: nothing that an agent knows outlives it.
class Program {
 public:
  virtual ~Program() = default;
  /// Returns when the host has asked the agent to leave.
  virtual void run() = 0;
};

using MakeProgram = std::function<std::unique_ptr<Program>(Runtime& runtime)>;

}  // namespace wave
