// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace commands {

struct ReportOptions {
  std::vector<std::string> results;
  std::string out;
};

/// Writes a page from what other commands wrote; nothing is run.
int report(const ReportOptions& options);

}  // namespace commands
