// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "native/memory/run_memory.h"

namespace commands {

struct NativeSolOptions {
  native::MemoryOptions memory;
  std::string shortest_period;  // as text; empty: not said
  std::string length;           // the same
  bool json = false;
  std::string out;
};

/// Manages a real region's memory with SOL.
int native_sol(const NativeSolOptions& options);

}  // namespace commands
