// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace commands {

enum class Export {
  kLong,  // CSV, a row for each value of a point
  kWide,  // CSV, a row for each point
  kJsonLines,
};

struct ExportOptions {
  std::string store;
  Export form = Export::kLong;
  std::string out;
};

/// Writes the complete points of a store in a form that other programs read.
int export_results(const ExportOptions& options);

}  // namespace commands
