// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace store {

/// "0.1.0 (sources 0123456789abcdef)": the version alone hardly ever changes, and the sources that
/// decide results do.
std::string program();

/// "0.1.0" of what `program` says, or said before it knew of sources.
std::string version_of(const std::string& program);

}  // namespace store
