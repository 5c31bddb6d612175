// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sim {

/// Where a file or folder is that comes with the program: at `installed`, seen from the folder of
/// the program that runs, if it is there, so that an installed tree may be moved; or else `built`,
/// where the build left it.
std::string shipped_file(const std::string& installed, const std::string& built);

}  // namespace sim
