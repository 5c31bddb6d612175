// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace experiments {

/// A trace's hash, or that of a file, as it is written everywhere: sixteen hexadecimal digits.
std::string hash_text(std::uint64_t hash);

}  // namespace experiments
