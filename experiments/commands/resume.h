// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

namespace commands {

/// The keys of the points in a results file, so that none is run twice; none if there is no file. A
/// last line that was cut off, as by a loss of power, is taken out of the file. Throws
/// sim::ConfigError for a file that holds something else or cannot be written: nothing is
/// overwritten.
std::set<std::string> points_in_results(const std::string& path);

}  // namespace commands
