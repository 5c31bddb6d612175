// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "experiments/report/axis.h"

namespace report {

/// What every chart says to who cannot see it, and to who can.
struct Caption {
  std::string title;
  std::string description;
};

/// So many things in one drawing differ in colour. Curves also differ in the shape of their
/// markers, and from the seventh on in how the two go together.
inline constexpr std::size_t kMostSeries = 6;

/// A measured number, with half the width of its confidence interval.
struct Reading {
  double value = 0;
  double half_width = 0;
};

struct CurvePoint {
  double x = 0;
  Reading y;
};

struct Curve {
  std::string name;
  std::vector<CurvePoint> points;
};

/// Curves, with bands and bars for the confidence.
struct CurveChart {
  Caption caption;
  std::string x_label;
  std::string y_label;
  std::vector<Curve> curves;
  Axis::Scale y_scale = Axis::Scale::kLog;
  Axis::Scale x_scale = Axis::Scale::kLinear;
  std::vector<std::string> x_names = {};    // of x = 0, 1, 2; without, x are numbers
  std::optional<std::string> heading = {};  // written above; otherwise the caption's title is
};

struct Bar {
  std::string name;
  Reading reading;
  std::optional<double> paper;  // marked beside it
};

/// Lying bars, one below the other.
struct BarChart {
  Caption caption;
  std::string unit;
  std::vector<Bar> bars;
  std::optional<std::string> heading = {};  // written above; otherwise the caption's title is
};

struct Span {
  std::string name;
  double low = 0;
  double high = 0;
  Reading reading;
  bool inside = false;
};

/// What the paper says as a band, and what was found as a point; one line each.
struct SpanChart {
  Caption caption;
  std::string unit;
  std::vector<Span> spans;
};

struct Stack {
  std::string name;
  std::vector<double> parts;  // in the order of the chart's
};

/// Lying bars that are made up of parts, with their sums. At most kMostSeries parts.
struct StackChart {
  Caption caption;
  std::string unit;
  std::vector<std::string> parts;
  std::vector<Stack> stacks;
};

/// One parameter moved to the ends of its range, and where that moves a result.
struct Swing {
  std::string name;
  std::string low_text;  // the range's ends
  std::string high_text;
  std::optional<double> at_low;  // none: no such machine, or its run failed
  std::optional<double> at_high;
  // There the system is overloaded: no bar, as it would say how long the runs were.
  bool low_overloaded = false;
  bool high_overloaded = false;
};

/// Lying bars on both sides of what the defaults give, the longest first.
struct TornadoChart {
  Caption caption;
  std::string unit;
  double at_default = 0;
  std::vector<Swing> swings;
};

/// As SVG, to stand in a page that has the style sheet of page.h. Empty charts are empty texts.
std::string drawn(const CurveChart& chart);
std::string drawn(const BarChart& chart);
std::string drawn(const SpanChart& chart);
std::string drawn(const StackChart& chart);
std::string drawn(const TornadoChart& chart);

}  // namespace report
