// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/config_error.h"

namespace sim {

/// `check` of a part, whose name its errors then begin with.
template <class T>
void check_part(const T& part, const std::string& name) {
  try {
    check(part);
  } catch (const ConfigError& error) {
    throw ConfigError(name + "." + error.where().path, error.wrong(), error.remedy());
  }
}

}  // namespace sim
