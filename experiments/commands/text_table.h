// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace commands {

using Cells = std::vector<std::string>;

/// Columns under each other, two spaces apart: the first `left` columns aligned left, the others
/// right. The first line is the heading.
std::string aligned(const std::vector<Cells>& lines, std::size_t left);

}  // namespace commands
