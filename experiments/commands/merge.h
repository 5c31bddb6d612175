// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace commands {

struct MergeOptions {
  std::vector<std::string> stores;
  std::string out;
};

/// Puts stores into one, and says what that holds.
int merge(const MergeOptions& options);

}  // namespace commands
