// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/figure_file.h"

#include <array>
#include <fmt/format.h>

#include "experiments/report/html.h"
#include "experiments/report/svg.h"

namespace report {
namespace {

constexpr double kColumnMm = 84;   // of a page in two columns, as ACM and IEEE set them
constexpr double kTitleRoom = 20;  // pixels of the drawing that are empty without a title

/// Renderers of SVG other than browsers know no variables, so each colour stands where it is used.
/// The hues are those of Okabe and Ito, darkened until lines of them stand out from paper.
constexpr std::array kInks{"#0060b0", "#c04000", "#009070", "#a03a90", "#a58a10", "#303030"};
static_assert(kInks.size() == kMostSeries);

constexpr const char* kFigureStyle =
    "text { font: 13px Helvetica, Arial, 'Liberation Sans', sans-serif; fill: #000; }"
    ".title { font-size: 14px; font-weight: bold; }"
    ".grid { stroke: #ddd; } .axis { stroke: #000; }"
    ".curve { fill: none; stroke-width: 2; } .bar { fill: none; }"
    ".confidence { fill-opacity: .16; stroke: none; } .dot { stroke: #fff; }"
    ".whisker { stroke: #000; stroke-width: 2; }";

std::string style_sheet() {
  std::string style = kFigureStyle;
  for (std::size_t i = 0; i < kInks.size(); ++i)
    style += fmt::format(
        ".curve.s{0}, .bar.s{0} {{ stroke: {1}; }} "
        ".dot.s{0}, .confidence.s{0}, .fill.s{0} {{ fill: {1}; }}",
        i, kInks[i]);
  return style;
}

struct Size {
  double width;
  double height;
};

/// From the viewBox that every drawing begins with.
Size size_of(const std::string& svg) {
  Size size{};
  const std::string start = "viewBox=\"0 0 ";
  const auto at = svg.find(start) + start.size();
  std::size_t used = 0;
  size.width = std::stod(svg.substr(at), &used);
  size.height = std::stod(svg.substr(at + used));
  return size;
}

/// A drawing as a file of a column's width, without the room for its heading if that is empty.
std::string as_file(const std::string& svg, const std::string& title) {
  if (svg.empty()) return {};
  const Size size = size_of(svg);
  const double top = title.empty() ? kTitleRoom : 0;
  const double height = size.height - top;
  const std::string head = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{:.2f}mm\" "
      "viewBox=\"0 {} {} {}\">",
      kColumnMm, kColumnMm * height / size.width, top, size.width, height);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + head + element("style", style_sheet()) +
         svg.substr(svg.find('>') + 1);
}

}  // namespace

std::string figure_file(CurveChart chart, const std::string& title) {
  chart.heading = title;
  return as_file(drawn(chart), title);
}

std::string figure_file(BarChart chart, const std::string& title) {
  chart.heading = title;
  chart.unit = chart.caption.title;  // what the bars are of
  return as_file(drawn(chart), title);
}

}  // namespace report
