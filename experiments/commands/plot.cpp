// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/plot.h"

#include <algorithm>
#include <fmt/format.h>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/rasterise.h"
#include "experiments/commands/result_files.h"
#include "experiments/report/choice.h"
#include "experiments/report/figure_file.h"
#include "experiments/text/say.h"
#include "sim/config_error.h"
#include "sim/wording.h"

namespace commands {
namespace {

using report::Choice;

std::pair<std::string, std::string> condition_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos)
    throw sim::ConfigError("--where", sim::in_quotes(text) + " has no =",
                           "write NAME=VALUE, as in --where variant=wave");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Choice choice_for(const PlotOptions& o, const report::Records& records) {
  Choice choice = report::first_choice(records);
  if (!o.x.empty()) choice.x = o.x;
  if (!o.y.empty()) choice.y = o.y;
  choice.by = o.by;
  choice.overloaded = o.overloaded;
  for (const std::string& text : o.where) choice.where.push_back(condition_of(text));
  return choice;
}

bool has_only_positive(const report::CurveChart& chart, bool along_x) {
  return std::ranges::all_of(chart.curves, [&](const report::Curve& curve) {
    return std::ranges::all_of(curve.points, [&](const report::CurvePoint& point) {
      return (along_x ? point.x : point.y.value) > 0;
    });
  });
}

void choose_scales(const PlotOptions& o, report::CurveChart& chart) {
  using Scale = report::Axis::Scale;
  if (o.linear_y) chart.y_scale = Scale::kLinear;
  if (o.log_y) chart.y_scale = Scale::kLog;
  if (o.log_x) chart.x_scale = Scale::kLog;
  if (o.log_y && !has_only_positive(chart, false))
    throw sim::ConfigError("--log-y", "some values are not above zero", "leave it out");
  if (o.log_x && (!has_only_positive(chart, true) || !chart.x_names.empty()))
    throw sim::ConfigError("--log-x", "x are not all numbers above zero", "leave it out");
}

std::string ending_of(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(dot + 1);
}

void require_known_ending(const std::string& out) {
  const std::string ending = ending_of(out);
  if (out.empty() || ending == "svg" || ending == "png" || ending == "pdf") return;
  throw sim::ConfigError(sim::Where{.file = out, .path = {}}, "is no kind of figure",
                         "choose a name that ends in .svg, .png or .pdf");
}

void refuse_scales_of_bars(const PlotOptions& o) {
  for (const auto& [asked, option] : {std::pair(o.log_x, "--log-x"), {o.log_y, "--log-y"}})
    if (asked)
      throw sim::ConfigError(option, "nothing is swept, and bars begin at zero", "leave it out");
}

/// Nothing if no point has what was chosen.
std::string figure_of(const PlotOptions& o, const report::Records& records, const Choice& choice) {
  if (choice.x.empty()) {
    refuse_scales_of_bars(o);
    return report::figure_file(report::bars_of(records, choice), o.title);
  }
  report::CurveChart chart = report::chart_of(records, choice);
  choose_scales(o, chart);
  return report::figure_file(chart, o.title);
}

/// "do not keep up" of many is "does not keep up" of one.
std::string reasons_of(const report::LeftOut& left, const Choice& choice) {
  const auto of = [](std::size_t n, const char* one, const std::string& many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
  };
  std::vector<std::string> reasons;
  if (left.overloaded > 0)
    reasons.push_back(of(left.overloaded, "does", "do") + " not keep up (--overloaded shows " +
                      (left.overloaded == 1 ? "it)" : "them)"));
  if (left.without_value > 0)
    reasons.push_back(of(left.without_value, "has", "have") + " no " + choice.y +
                      (choice.x.empty() ? "" : " or no " + choice.x));
  if (left.open > 0)
    reasons.push_back(of(left.open, "is", "are") + " still to run (the same sweep goes on)");
  if (left.failed > 0) reasons.push_back(fmt::format("{} failed", left.failed));
  return fmt::format("{}", fmt::join(reasons, ", "));
}

void note_left_out(const report::LeftOut& left, const Choice& choice) {
  if (left.all() == 0) return;
  experiments::say("wavesim: note: {} of {} points {} left out: {}\n", left.all(), left.of,
                   left.all() == 1 ? "is" : "are", reasons_of(left, choice));
}

std::string drawing_of(const PlotOptions& o) {
  const ResultFiles found = read_result_files(o.results);
  const report::Records& records = found.records;
  if (report::values_of(records).empty())  // no points, or all of them failed
    throw sim::ConfigError("", "there are no results in these files", "");
  const Choice choice = choice_for(o, records);
  std::string svg = figure_of(o, records, choice);
  if (svg.empty())
    throw sim::ConfigError(
        "", "no point has " + (choice.x.empty() ? "" : "both " + choice.x + " and ") + choice.y,
        "choose others, or --overloaded for points whose backlog grew");
  note_left_out(report::left_out(records, found.missing, choice), choice);
  return svg;
}

}  // namespace

int plot(const PlotOptions& o) {
  require_known_ending(o.out);
  require_writable(o.out, o.results);
  const std::string svg = drawing_of(o);
  const std::string ending = ending_of(o.out);
  if (ending.empty() || ending == "svg")
    deliver(o.out, svg);
  else
    rasterise(svg, ending, o.out);
  return kFine;
}

}  // namespace commands
