// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/report/charts.h"

namespace report {

/// A chart as an SVG file of its own, for papers: of the width of a column, with texts that stay
/// text, and colours that the colour-blind tell apart. With a title above it, or none.
std::string figure_file(CurveChart chart, const std::string& title = {});
std::string figure_file(BarChart chart, const std::string& title = {});

}  // namespace report
