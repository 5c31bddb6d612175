// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "experiments/report/axis.h"
#include "experiments/report/charts.h"
#include "experiments/report/svg.h"

namespace report {
namespace {

// In pixels of the drawing.
constexpr int kTornadoWidth = 420;
constexpr double kTornadoLeft = 12;
constexpr double kTornadoRight = kTornadoWidth - 12;
constexpr double kTornadoTop = 34;
constexpr double kTornadoRow = 40;
constexpr double kTornadoName = 13;  // a row's top to the base line of its name
constexpr double kTornadoBar = 18;   // a row's top to its bar
constexpr double kTornadoThick = 14;

struct Extremes {
  double low;
  double high;
};

Extremes extremes_of(const TornadoChart& chart) {
  Extremes found{chart.at_default, chart.at_default};
  for (const Swing& swing : chart.swings) {
    for (const double end :
         {swing.at_low.value_or(chart.at_default), swing.at_high.value_or(chart.at_default)}) {
      found.low = std::min(found.low, end);
      found.high = std::max(found.high, end);
    }
  }
  return found;
}

std::string overloaded_at(const Swing& swing) {
  if (swing.low_overloaded && swing.high_overloaded) return ": overloaded";
  if (swing.low_overloaded) return ": low, overloaded";
  return swing.high_overloaded ? ": high, overloaded" : "";
}

/// From the default to where one end of the range leads.
void draw_half(Svg& svg, const Axis& x, double from, double to, double top, const char* style) {
  svg.rectangle(std::min(x.at(from), x.at(to)), top + kTornadoBar, std::abs(x.at(to) - x.at(from)),
                kTornadoThick, style);
}

void draw_swing(Svg& svg, const TornadoChart& chart, const Swing& swing, const Axis& x,
                double top) {
  svg.text(kTornadoLeft, top + kTornadoName, swing.name, Svg::Anchor::kStart);
  svg.text(kTornadoRight, top + kTornadoName,
           swing.low_text + " .. " + swing.high_text + overloaded_at(swing), Svg::Anchor::kEnd,
           "dim");
  if (swing.at_low) draw_half(svg, x, chart.at_default, *swing.at_low, top, "fill s0");
  if (swing.at_high) draw_half(svg, x, chart.at_default, *swing.at_high, top, "fill s1");
  const double middle = x.at(chart.at_default);
  svg.line(middle, top + kTornadoBar - 3, middle, top + kTornadoBar + kTornadoThick + 3, "whisker");
}

}  // namespace

std::string drawn(const TornadoChart& chart) {
  if (chart.swings.empty()) return {};
  const double top = kTornadoTop + 18;
  const double bottom = top + kTornadoRow * static_cast<double>(chart.swings.size());
  const Extremes ends = extremes_of(chart);
  const Axis x(Axis::Scale::kLinear, ends.low, ends.high, kTornadoLeft, kTornadoRight);
  Svg svg(chart.caption, kTornadoWidth, static_cast<int>(bottom) + 36);
  svg.text(kTornadoLeft, 16, chart.caption.title, Svg::Anchor::kStart, "title");
  draw_legend(svg, {"at the low end", "at the high end"}, kTornadoLeft, kTornadoRight, Key::kPatch);
  draw_axis_below(svg, x, chart.unit, top, bottom);
  for (std::size_t i = 0; i < chart.swings.size(); ++i)
    draw_swing(svg, chart, chart.swings[i], x, top + kTornadoRow * static_cast<double>(i));
  return svg.finished();
}

}  // namespace report
