// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace commands {

/// Turns an SVG into a PNG or a PDF by librsvg's rsvg-convert. `format` is "png" or "pdf". The file
/// is written whole or not at all. Throws sim::ConfigError if the program is not there.
void rasterise(const std::string& svg, const std::string& format, const std::string& path);

}  // namespace commands
