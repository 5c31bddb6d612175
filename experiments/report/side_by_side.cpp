// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "experiments/report/axis.h"
#include "experiments/report/choice.h"
#include "experiments/report/figure.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// Points of an experiment that sweeps nothing, with a bar for each.

namespace report {
namespace {

constexpr std::size_t kMostBars = 24;     // in a drawing
constexpr std::size_t kMostDrawings = 8;  // of an experiment

/// Whether a reader would see any difference.
bool differs(const BarChart& chart) {
  const auto text = [](const Bar& bar) { return number_text(bar.reading.value); };
  return different(chart.bars, text).size() > 1;
}

std::string drawings_of(const Records& records) {
  std::string drawings;
  std::size_t drawn = 0;
  for (const std::string& value : values_of(records)) {
    const BarChart chart = bars_of(records, {.x = {}, .y = value});
    if (chart.bars.size() < 2 || chart.bars.size() > kMostBars || !differs(chart)) continue;
    if (++drawn > kMostDrawings) break;
    drawings += figure(chart);
  }
  return drawings;
}

}  // namespace

std::string side_by_side(const Findings& f) {
  if (!f.targets.targets.empty()) return {};  // the paper's parts draw what it is about
  std::string parts;
  for (const std::string& source : sources_of(f.records)) {
    const Records records = from_source(f.records, source);
    if (!swept_paths_of(records).empty()) continue;
    parts += charts(drawings_of(records),
                    fmt::format("{}: what differs between its points, with 95 % confidence. No "
                                "latencies where the backlog grows.",
                                source));
  }
  return parts;
}

}  // namespace report
