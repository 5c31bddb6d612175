// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <numeric>

#include "experiments/report/axis.h"
#include "experiments/report/charts.h"
#include "experiments/report/svg.h"

namespace report {
namespace {

// In pixels of the drawing, which the page scales to its own width.
constexpr int kWidth = 420;
constexpr int kHeight = 330;
constexpr double kLeft = 58;
constexpr double kRight = kWidth - 22;
constexpr double kTop = 46;
constexpr double kBottom = kHeight - 46;
constexpr double kCap = 3;

struct Extent {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool is_empty() const { return low > high; }
};

/// A logarithmic axis has no place for what reaches down to zero; the bar's lower half is cut.
double lower_end(const Reading& reading, Axis::Scale scale) {
  const double end = reading.value - reading.half_width;
  return scale == Axis::Scale::kLog ? std::max(end, reading.value / 2) : end;
}

Extent extent_of_x(const CurveChart& chart) {
  Extent extent;
  for (const Curve& curve : chart.curves) {
    for (const CurvePoint& point : curve.points) extent.add(point.x);
  }
  return extent;
}

Extent extent_of_y(const CurveChart& chart) {
  Extent extent;
  for (const Curve& curve : chart.curves) {
    for (const CurvePoint& point : curve.points) {
      extent.add(lower_end(point.y, chart.y_scale));
      extent.add(point.y.value + point.y.half_width);
    }
  }
  return extent;
}

std::vector<double> x_ticks(const CurveChart& chart, const Axis& x) {
  if (chart.x_names.empty()) return x.ticks();
  std::vector<double> ticks(chart.x_names.size());
  std::iota(ticks.begin(), ticks.end(), 0.0);
  return ticks;
}

std::string tick_text(const CurveChart& chart, double tick) {
  return chart.x_names.empty() ? number_text(tick) : chart.x_names[static_cast<std::size_t>(tick)];
}

void draw_axes(Svg& svg, const CurveChart& chart, const Axis& x, const Axis& y) {
  for (const double tick : y.ticks()) {
    svg.line(kLeft, y.at(tick), kRight, y.at(tick), "grid");
    svg.text(kLeft - 6, y.at(tick) + 4, number_text(tick), Svg::Anchor::kEnd);
  }
  for (const double tick : x_ticks(chart, x)) {
    svg.line(x.at(tick), kBottom, x.at(tick), kBottom + 4, "axis");
    svg.text(x.at(tick), kBottom + 17, tick_text(chart, tick), Svg::Anchor::kMiddle);
  }
  svg.line(kLeft, kBottom, kRight, kBottom, "axis");
  svg.text((kLeft + kRight) / 2, kHeight - 8, chart.x_label, Svg::Anchor::kMiddle);
  svg.turned_text(11, (kTop + kBottom) / 2, chart.y_label);
}

void draw_confidence(Svg& svg, const CurvePoint& point, double lower, const Axis& x, const Axis& y,
                     const std::string& style) {
  if (point.y.half_width <= 0) return;
  const double at = x.at(point.x);
  const double low = y.at(lower);
  const double high = y.at(point.y.value + point.y.half_width);
  svg.path(fmt::format("M{0:.1f} {2:.1f}H{1:.1f}M{0:.1f} {3:.1f}H{1:.1f}M{4:.1f} {2:.1f}V{3:.1f}",
                       at - kCap, at + kCap, low, high, at),
           "bar " + style);
}

/// Along the upper ends of the intervals and back along the lower ones.
void draw_band(Svg& svg, const CurveChart& chart, std::size_t series, const Axis& x,
               const Axis& y) {
  const std::vector<CurvePoint>& points = chart.curves[series].points;
  const bool has_width =
      std::ranges::any_of(points, [](const CurvePoint& point) { return point.y.half_width > 0; });
  if (points.size() < 2 || !has_width) return;
  std::string upper;
  std::string lower;
  for (const CurvePoint& point : points) {
    const double at = x.at(point.x);
    upper += fmt::format("{}{:.1f} {:.1f}", upper.empty() ? 'M' : 'L', at,
                         y.at(point.y.value + point.y.half_width));
    lower.insert(0, fmt::format("L{:.1f} {:.1f}", at, y.at(lower_end(point.y, chart.y_scale))));
  }
  svg.path(upper + lower + 'Z', "confidence " + series_style(series));
}

void draw_curve(Svg& svg, const CurveChart& chart, std::size_t series, const Axis& x,
                const Axis& y) {
  const Curve& curve = chart.curves[series];
  const std::string style = series_style(series);
  std::string commands;
  for (const CurvePoint& point : curve.points) {
    commands += fmt::format("{}{:.1f} {:.1f}", commands.empty() ? 'M' : 'L', x.at(point.x),
                            y.at(point.y.value));
  }
  svg.path(commands, "curve " + style);
  for (const CurvePoint& point : curve.points) {
    draw_confidence(svg, point, lower_end(point.y, chart.y_scale), x, y, style);
    svg.marker(x.at(point.x), y.at(point.y.value), series);
  }
}

std::vector<std::string> names_of(const std::vector<Curve>& curves) {
  std::vector<std::string> names;
  for (const Curve& curve : curves) names.push_back(curve.name);
  return names;
}

/// Names stand side by side, half a step from the ends; numbers begin at zero.
Axis x_axis(const CurveChart& chart, const Extent& across) {
  if (!chart.x_names.empty())
    return {-0.5, static_cast<double>(chart.x_names.size()) - 0.5, kLeft, kRight};
  const bool is_log = chart.x_scale == Axis::Scale::kLog && across.low > 0;
  return is_log ? Axis(Axis::Scale::kLog, across.low, across.high, kLeft, kRight)
                : Axis(Axis::Scale::kLinear, std::min(0.0, across.low), across.high, kLeft, kRight);
}

}  // namespace

std::string drawn(const CurveChart& chart) {
  const Extent across = extent_of_x(chart);
  const Extent up = extent_of_y(chart);
  if (across.is_empty()) return {};
  const Axis x = x_axis(chart, across);
  const std::vector<std::string> names = names_of(chart.curves);
  const bool from_zero = chart.y_scale == Axis::Scale::kLinear && up.low < up.high / 2;
  const Axis y(chart.y_scale, from_zero ? std::min(0.0, up.low) : up.low, up.high, kBottom,
               kTop + legend_room(names, kRight - kLeft));

  Svg svg(chart.caption, kWidth, kHeight);
  svg.text(kLeft, 16, chart.heading.value_or(chart.caption.title), Svg::Anchor::kStart, "title");
  draw_axes(svg, chart, x, y);
  for (std::size_t i = 0; i < chart.curves.size(); ++i) draw_band(svg, chart, i, x, y);
  for (std::size_t i = 0; i < chart.curves.size(); ++i) draw_curve(svg, chart, i, x, y);
  draw_legend(svg, names, kLeft, kRight, Key::kMarker);
  return svg.finished();
}

}  // namespace report
