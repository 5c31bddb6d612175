// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace commands {

struct PlotOptions {
  std::vector<std::string> results;
  std::string x;  // empty, like y: what says most
  std::string y;
  std::vector<std::string> by;
  std::vector<std::string> where;  // "NAME=VALUE"
  std::string title;
  bool log_x = false;
  bool log_y = false;
  bool linear_y = false;
  bool overloaded = false;
  std::string out;
};

/// One figure for a paper, from the results that a report is made from.
int plot(const PlotOptions& options);

}  // namespace commands
