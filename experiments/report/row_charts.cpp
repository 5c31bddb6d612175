// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "experiments/report/axis.h"
#include "experiments/report/charts.h"
#include "experiments/report/svg.h"

namespace report {
namespace {

// In pixels of the drawing. A row's name stands above it, so that a phone has room for both.
constexpr int kRowsWidth = 420;
constexpr double kRowsLeft = 12;
constexpr double kRowsRight = kRowsWidth - 12;
constexpr double kRowsTop = 34;
constexpr double kRow = 46;
constexpr double kName = 14;  // a row's top to the base line of its name
constexpr double kBar = 20;   // a row's top to its bar
constexpr double kThick = 16;
constexpr double kFoot = 34;
constexpr double kLegend = 16;  // its first line

int height_for(std::size_t rows, double legend) {
  return static_cast<int>(legend + kRowsTop + kRow * static_cast<double>(rows) + kFoot);
}

double top_of(std::size_t row) {
  return kRowsTop + kRow * static_cast<double>(row);
}

void draw_confidence(Svg& svg, const Reading& reading, const Axis& x, double y) {
  if (reading.half_width <= 0) return;
  const double low = std::max(0.0, reading.value - reading.half_width);  // where axes begin
  svg.line(x.at(low), y, x.at(reading.value + reading.half_width), y, "whisker");
}

std::string text_of(const Reading& reading) {
  return number_text(reading.value, reading.half_width);
}

std::string text_of(const Bar& bar) {
  if (!bar.paper) return text_of(bar.reading);
  return fmt::format("{} (paper {})", text_of(bar.reading), number_text(*bar.paper));
}

void draw_bar(Svg& svg, const Bar& bar, const Axis& x, double top) {
  svg.text(kRowsLeft, top + kName, bar.name, Svg::Anchor::kStart);
  svg.text(kRowsRight, top + kName, text_of(bar), Svg::Anchor::kEnd, "value");
  const double end = x.at(std::max(0.0, bar.reading.value));
  svg.rectangle(kRowsLeft, top + kBar, end - kRowsLeft, kThick, "fill s0");
  draw_confidence(svg, bar.reading, x, top + kBar + kThick / 2);
  if (!bar.paper) return;
  const double at = x.at(*bar.paper);
  svg.line(at, top + kBar - 3, at, top + kBar + kThick + 3, "paper");
}

void draw_span(Svg& svg, const Span& span, const Axis& x, double top) {
  const double middle = top + kBar + kThick / 2;
  svg.text(kRowsLeft, top + kName, span.name, Svg::Anchor::kStart);
  svg.text(kRowsRight, top + kName,
           fmt::format("{} {}", text_of(span.reading), span.inside ? "inside" : "outside"),
           Svg::Anchor::kEnd, span.inside ? "value" : "value miss");
  svg.rectangle(x.at(span.low), top + kBar, std::max(2.0, x.at(span.high) - x.at(span.low)), kThick,
                "band");
  draw_confidence(svg, span.reading, x, middle);
  svg.marker(x.at(span.reading.value), middle, 0);
}

double largest_in(const BarChart& chart) {
  double largest = 0;
  for (const Bar& bar : chart.bars)
    largest =
        std::max({largest, bar.reading.value + bar.reading.half_width, bar.paper.value_or(0)});
  return largest;
}

double largest_in(const SpanChart& chart) {
  double largest = 0;
  for (const Span& span : chart.spans)
    largest = std::max({largest, span.reading.value + span.reading.half_width, span.high});
  return largest;
}

double sum_of(const Stack& stack) {
  return std::accumulate(stack.parts.begin(), stack.parts.end(), 0.0);
}

double largest_in(const StackChart& chart) {
  double largest = 0;
  for (const Stack& stack : chart.stacks) largest = std::max(largest, sum_of(stack));
  return largest;
}

void draw_stack(Svg& svg, const Stack& stack, const Axis& x, double top) {
  svg.text(kRowsLeft, top + kName, stack.name, Svg::Anchor::kStart);
  svg.text(kRowsRight, top + kName, number_text(sum_of(stack)), Svg::Anchor::kEnd, "value");
  double from = 0;
  for (std::size_t i = 0; i < stack.parts.size(); ++i) {
    const double to = from + stack.parts[i];
    svg.rectangle(x.at(from), top + kBar, x.at(to) - x.at(from), kThick,
                  ("fill part " + series_style(i)).c_str());
    from = to;
  }
}

/// What all kinds have in common: the frame, and one row after the other. `names` are those of a
/// legend.
template <class Row>
std::string rows_drawn(const Caption& caption, const std::string& heading, const std::string& unit,
                       double largest, const std::vector<Row>& rows,
                       void (*draw)(Svg&, const Row&, const Axis&, double top),
                       const std::vector<std::string>& names = {}) {
  if (rows.empty()) return {};
  const double legend = names.empty() ? 0 : kLegend + legend_room(names, kRowsRight - kRowsLeft);
  const Axis x(Axis::Scale::kLinear, 0, largest, kRowsLeft, kRowsRight);
  Svg svg(caption, kRowsWidth, height_for(rows.size(), legend));
  svg.text(kRowsLeft, 16, heading, Svg::Anchor::kStart, "title");
  if (!names.empty()) draw_legend(svg, names, kRowsLeft, kRowsRight, Key::kPatch);
  draw_axis_below(svg, x, unit, legend + kRowsTop, legend + top_of(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) draw(svg, rows[i], x, legend + top_of(i));
  return svg.finished();
}

}  // namespace

std::string drawn(const BarChart& chart) {
  return rows_drawn(chart.caption, chart.heading.value_or(chart.caption.title), chart.unit,
                    largest_in(chart), chart.bars, draw_bar);
}

std::string drawn(const SpanChart& chart) {
  return rows_drawn(chart.caption, chart.caption.title, chart.unit, largest_in(chart), chart.spans,
                    draw_span);
}

std::string drawn(const StackChart& chart) {
  return rows_drawn(chart.caption, chart.caption.title, chart.unit, largest_in(chart), chart.stacks,
                    draw_stack, chart.parts);
}

}  // namespace report
