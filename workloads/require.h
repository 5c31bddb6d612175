// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/config_error.h"

namespace workloads {

/// A rule of a `check`.
inline void require(bool sensible, const char* path, const char* wrong, const char* remedy) {
  if (!sensible) throw sim::ConfigError(path, wrong, remedy);
}

}  // namespace workloads
