// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/report/charts.h"
#include "sim/strict_json.h"

namespace report {

/// A chart in a page: the drawing, and behind it the same numbers as a table. Where scripts run,
/// curves can be zoomed, hidden and read off (web/chart.js). Empty without anything to draw.
std::string figure(const CurveChart& chart);
std::string figure(const BarChart& chart);
std::string figure(const SpanChart& chart);
std::string figure(const StackChart& chart);
std::string figure(const TornadoChart& chart);

/// A drawing with its table: what the others are made of. `live` is for scripts: an element with
/// their data, or nothing.
std::string figure_of(const std::string& drawing, const std::string& table,
                      const std::string& live = {}, const std::string& attributes = {});

/// The table behind curves.
std::string table_of(const CurveChart& chart);

/// Data for the page's scripts.
std::string data_element(const sim::Json& json);
/// What web/chart.js draws.
void chart_to_json(const CurveChart& chart, sim::Json& out);

}  // namespace report
