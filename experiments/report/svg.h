// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiments/report/charts.h"

namespace report {

/// A drawing under construction. Colours and type come from the page's style sheet, by class.
class Svg {
 public:
  Svg(const Caption& caption, int width, int height);

  enum class Anchor { kStart, kMiddle, kEnd };

  void line(double x1, double y1, double x2, double y2, const char* style);
  void rectangle(double x, double y, double width, double height, const char* style);
  void path(const std::string& commands, const std::string& style);
  void text(double x, double y, const std::string& text, Anchor anchor, const char* style = "");
  void turned_text(double x, double y, const std::string& text);
  /// One of the shapes that tell curves apart without colour.
  void marker(double x, double y, std::size_t series);

  std::string finished() const;

 private:
  std::string head_;
  std::string body_;
};

/// "s0", "s1", ...: the style of a series.
std::string series_style(std::size_t series);

/// Below rows, whose numbers all share it: at each round number a line up to `top`. The outermost
/// numbers stay within the drawing.
void draw_axis_below(Svg& svg, const Axis& x, const std::string& unit, double top, double bottom);

/// The names of series, up to three in a line, each beside its marker or a patch of its colour.
enum class Key { kMarker, kPatch };
void draw_legend(Svg& svg, const std::vector<std::string>& names, double left, double right,
                 Key key);
/// How much further down a drawing begins for a legend of more than one line.
double legend_room(const std::vector<std::string>& names, double width);

}  // namespace report
