// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/figure.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "experiments/report/axis.h"
#include "experiments/report/html.h"

namespace report {
namespace {

using sim::Json;

Cell number_cell(const std::string& text) {
  return {escaped(text), "number"};
}

Cell number_cell(const Reading& reading) {
  return number_cell(number_text(reading.value, reading.half_width));
}

std::string x_text(const CurveChart& chart, double x) {
  return chart.x_names.empty() ? number_text(x) : chart.x_names.at(static_cast<std::size_t>(x));
}

std::string in_unit(const std::string& what, const std::string& unit) {
  return unit.empty() ? what : what + ", " + unit;
}

Json json_of(const Curve& curve) {
  Json points = Json::array();
  for (const CurvePoint& point : curve.points)
    points.push_back({point.x, point.y.value, point.y.half_width});
  return {{"name", curve.name}, {"points", points}};
}

}  // namespace

/// No text in it can end the element: < stands only in texts, where \u003c says the same.
std::string data_element(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return element("script", text, "type=\"application/json\"");
}

std::string figure_of(const std::string& drawing, const std::string& table, const std::string& live,
                      const std::string& attributes) {
  if (drawing.empty()) return {};
  const std::string numbers =
      element("details", element("summary", "Numbers") + table, "class=\"numbers\"");
  return element("figure", element("div", drawing, "class=\"still\"") + live + numbers,
                 attributes) +
         '\n';
}

void chart_to_json(const CurveChart& chart, Json& out) {
  out = {{"title", chart.caption.title},
         {"description", chart.caption.description},
         {"x", chart.x_label},
         {"y", chart.y_label},
         {"logX", chart.x_scale == Axis::Scale::kLog},
         {"logY", chart.y_scale == Axis::Scale::kLog},
         {"xNames", chart.x_names}};
  out["curves"] = Json::array();
  for (const Curve& curve : chart.curves) out["curves"].push_back(json_of(curve));
}

std::string table_of(const CurveChart& chart) {
  std::vector<Line> lines;
  for (const Curve& curve : chart.curves)
    for (const CurvePoint& point : curve.points)
      lines.push_back(
          {{escaped(curve.name)}, number_cell(x_text(chart, point.x)), number_cell(point.y)});
  return table({"curve", chart.x_label, chart.y_label}, lines);
}

std::string figure(const CurveChart& chart) {
  Json json;
  chart_to_json(chart, json);
  return figure_of(drawn(chart), table_of(chart), data_element(json), "class=\"curves\"");
}

std::string figure(const BarChart& chart) {
  const bool compares =
      std::ranges::any_of(chart.bars, [](const Bar& bar) { return bar.paper.has_value(); });
  std::vector<Line> lines;
  for (const Bar& bar : chart.bars) {
    Line& line = lines.emplace_back(Line{{escaped(bar.name)}, number_cell(bar.reading)});
    if (compares) line.push_back(number_cell(bar.paper ? number_text(*bar.paper) : "–"));
  }
  std::vector<std::string> heading{"", in_unit("simulation", chart.unit)};
  if (compares) heading.emplace_back("paper");
  return figure_of(drawn(chart), table(heading, lines));
}

std::string figure(const SpanChart& chart) {
  std::vector<Line> lines;
  for (const Span& span : chart.spans)
    lines.push_back({{escaped(span.name)},
                     number_cell(span.reading),
                     number_cell(number_text(span.low) + " to " + number_text(span.high)),
                     {span.inside ? "inside" : "outside"}});
  return figure_of(drawn(chart),
                   table({"", in_unit("simulation", chart.unit), "paper", ""}, lines));
}

std::string figure(const StackChart& chart) {
  std::vector<std::string> heading{""};
  for (const std::string& part : chart.parts) heading.push_back(in_unit(part, chart.unit));
  heading.emplace_back("sum");
  std::vector<Line> lines;
  for (const Stack& stack : chart.stacks) {
    Line& line = lines.emplace_back(Line{{escaped(stack.name)}});
    for (const double part : stack.parts) line.push_back(number_cell(number_text(part)));
    line.push_back(
        number_cell(number_text(std::accumulate(stack.parts.begin(), stack.parts.end(), 0.0))));
  }
  return figure_of(drawn(chart), table(heading, lines));
}

std::string figure(const TornadoChart& chart) {
  const auto end_cell = [](const std::optional<double>& end, bool overloaded) {
    return number_cell(overloaded ? "overloaded" : end ? number_text(*end) : "–");
  };
  std::vector<Line> lines;
  for (const Swing& swing : chart.swings)
    lines.push_back({{escaped(swing.name)},
                     number_cell(swing.low_text),
                     end_cell(swing.at_low, swing.low_overloaded),
                     number_cell(swing.high_text),
                     end_cell(swing.at_high, swing.high_overloaded)});
  return figure_of(drawn(chart), table({"parameter", "low", "then", "high", "then"}, lines));
}

}  // namespace report
