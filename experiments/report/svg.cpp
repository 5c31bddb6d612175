// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/svg.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "experiments/report/html.h"

namespace report {
namespace {

// In pixels of the drawing.
constexpr double kLegendColumns = 3;
constexpr double kLetter = 7.2;  // about as wide
constexpr double kKey = 22;      // a marker, and space on both sides of it
constexpr double kLegendTop = 32;
constexpr double kLegendLine = 17;

constexpr const char* anchor_name(Svg::Anchor anchor) {
  switch (anchor) {
    case Svg::Anchor::kMiddle:
      return "middle";
    case Svg::Anchor::kEnd:
      return "end";
    case Svg::Anchor::kStart:
      break;
  }
  return "start";
}

/// As many as the longest name lets stand side by side.
std::size_t legend_columns(const std::vector<std::string>& names, double width) {
  std::size_t longest = 1;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  const double fit = width / (kKey + kLetter * static_cast<double>(longest));
  const auto most = static_cast<std::size_t>(std::clamp(fit, 1.0, kLegendColumns));
  return std::min(names.size(), most);
}

}  // namespace

Svg::Svg(const Caption& caption, int width, int height)
    : head_(
          fmt::format("<svg role=\"img\" viewBox=\"0 0 {} {}\"><title>{}</title><desc>{}</desc>\n",
                      width, height, escaped(caption.title), escaped(caption.description))) {}

void Svg::line(double x1, double y1, double x2, double y2, const char* style) {
  body_ +=
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n",
                  x1, y1, x2, y2, style);
}

void Svg::rectangle(double x, double y, double width, double height, const char* style) {
  body_ += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"/>\n", x, y,
      width, height, style);
}

void Svg::path(const std::string& commands, const std::string& style) {
  body_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", commands, style);
}

void Svg::text(double x, double y, const std::string& text, Anchor anchor, const char* style) {
  body_ +=
      fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>\n", x,
                  y, anchor_name(anchor), style, escaped(text));
}

void Svg::turned_text(double x, double y, const std::string& text) {
  body_ += fmt::format(
      "<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
      x, y, escaped(text));
}

void Svg::marker(double x, double y, std::size_t series) {
  static constexpr std::array kShapes{"m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
                                      "m-3.2 -3.2h6.4v6.4h-6.4z",
                                      "m0 -4.2l4.2 7.4h-8.4z",
                                      "m0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z",
                                      "m0 4.2l4.2 -7.4h-8.4z",
                                      "m-4.2 -1.4h8.4v2.8h-8.4z"};
  static_assert(kShapes.size() == kMostSeries);
  path(fmt::format("M{:.1f} {:.1f}{}", x, y,
                   kShapes[(series + series / kShapes.size()) % kShapes.size()]),
       "dot " + series_style(series));
}

std::string Svg::finished() const {
  return head_ + body_ + "</svg>\n";
}

std::string series_style(std::size_t series) {
  return fmt::format("s{}", series % kMostSeries);
}

void draw_axis_below(Svg& svg, const Axis& x, const std::string& unit, double top, double bottom) {
  for (const double tick : x.ticks()) {
    svg.line(x.at(tick), top, x.at(tick), bottom, "grid");
    const auto anchor = tick == x.ticks().front()  ? Svg::Anchor::kStart
                        : tick == x.ticks().back() ? Svg::Anchor::kEnd
                                                   : Svg::Anchor::kMiddle;
    svg.text(x.at(tick), bottom + 15, number_text(tick), anchor);
  }
  svg.text(x.at(x.high()), bottom + 30, unit, Svg::Anchor::kEnd);
}

void draw_legend(Svg& svg, const std::vector<std::string>& names, double left, double right,
                 Key key) {
  const std::size_t columns = legend_columns(names, right - left);
  const double step = (right - left) / static_cast<double>(columns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double x = left + step * static_cast<double>(i % columns);
    const std::size_t line = i / columns;
    const double y = kLegendTop + kLegendLine * static_cast<double>(line);
    if (key == Key::kMarker) svg.marker(x + 6, y, i);
    if (key == Key::kPatch) svg.rectangle(x, y - 6, 11, 11, ("fill " + series_style(i)).c_str());
    svg.text(x + 16, y + 4, names[i], Svg::Anchor::kStart);
  }
}

double legend_room(const std::vector<std::string>& names, double width) {
  if (names.empty()) return 0;
  const std::size_t columns = legend_columns(names, width);
  return kLegendLine * static_cast<double>((names.size() - 1) / columns);
}

}  // namespace report
