// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/choice.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <regex>

#include "experiments/report/axis.h"
#include "experiments/report/coordinates.h"
#include "sim/config_error.h"
#include "sim/wording.h"

namespace report {
namespace {

using Names = std::vector<std::string>;

constexpr double kManyfold = 8;  // from here a linear axis hides the lower curves

bool has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::string text_of(const Record& record, const std::string& name) {
  if (name == "variant") return record.variant;
  return name == "source" ? record.source : record.swept_text(name);
}

[[noreturn]] void refuse_name(const std::string& option, const std::string& name,
                              const Names& known) {
  throw sim::ConfigError(option, "there is no " + sim::in_quotes(name) + " in these results",
                         sim::suggestion(name, known));
}

Names dimensions_of(const Records& records) {
  Names names{"source", "variant"};
  const Names paths = swept_paths_of(records);
  names.insert(names.end(), paths.begin(), paths.end());
  return names;
}

/// Where records lie along x.
class XAxis {
 public:
  XAxis(const Records& records, const std::string& x) : x_(x) {
    if (!has(swept_paths_of(records), x)) return;
    Names texts = different(records, [&](const Record& r) { return r.swept_text(x); });
    std::erase(texts, "");  // of those that do not sweep it
    coordinates_ = coordinates_of(texts);
  }

  std::optional<double> of(const Record& record) const {
    if (coordinates_) {
      const std::string text = record.swept_text(x_);
      return text.empty() ? std::nullopt : std::optional(coordinates_->places.at(text));
    }
    const auto value = record.value(x_);
    return value ? std::optional(value->value) : std::nullopt;
  }
  std::string label() const {
    return coordinates_ ? label_of_path(x_, coordinates_->unit) : label_of_value(x_);
  }
  bool is_swept() const { return coordinates_.has_value(); }
  Names labels() const { return coordinates_ ? coordinates_->labels : Names{}; }

 private:
  std::string x_;
  std::optional<Coordinates> coordinates_;  // of a swept path
};

bool differs(const Records& records, const std::string& name) {
  return different(records, [&](const Record& r) { return text_of(r, name); }).size() > 1;
}

/// What tells curves apart.
Names splits_of(const Records& records, const Choice& choice) {
  return choice.by.empty() ? splits_along(records, joined_along(records, choice.x)) : choice.by;
}

bool fits(const Record& record, const Choice& choice) {
  return std::ranges::all_of(choice.where, [&](const auto& condition) {
    return text_of(record, condition.first) == condition.second;
  });
}

Records chosen_of(const Records& records, const Choice& choice) {
  Records chosen;
  for (const Record& record : records)
    if (fits(record, choice) && record.error.empty() && (choice.overloaded || !record.unstable))
      chosen.push_back(record);
  return chosen;
}

/// Each must be of some point: what leaves none out of many is a slip.
void check_where(const Records& records, const Choice& choice) {
  for (const auto& [name, value] : choice.where) {
    if (const Names known = dimensions_of(records); !has(known, name))
      refuse_name("--where", name, known);
    const Names values =
        different(records, [&of = name](const Record& record) { return text_of(record, of); });
    if (!has(values, value))
      throw sim::ConfigError("--where",
                             fmt::format("no point has {} {}", name, sim::in_quotes(value)),
                             sim::suggestion(value, values));
  }
}

void check_x(const Records& records, const std::string& x) {
  Names along = values_of(records);
  const Names paths = swept_paths_of(records);
  along.insert(along.end(), paths.begin(), paths.end());
  if (!has(along, x)) refuse_name("--x", x, along);
}

void check(const Records& records, const Choice& choice) {
  const Names values = values_of(records);
  const Names dimensions = dimensions_of(records);
  if (!has(values, choice.y)) refuse_name("--y", choice.y, values);
  for (const std::string& by : choice.by)
    if (!has(dimensions, by)) refuse_name("--by", by, dimensions);
  check_where(records, choice);
}

/// Two points at one swept x are points that something else tells apart.
void require_one_point_each(const Curve& curve, const Choice& choice, bool swept) {
  if (!swept) return;
  for (std::size_t i = 1; i < curve.points.size(); ++i) {
    if (curve.points[i - 1].x != curve.points[i].x) continue;
    throw sim::ConfigError(
        "--by",
        fmt::format("the curve {} has several points at {} = {}", sim::in_quotes(curve.name),
                    choice.x, number_text(curve.points[i].x)),
        "tell them apart by what differs, or choose some with --where");
  }
}

Curve& curve_named(const std::string& name, std::vector<Curve>& curves) {
  const auto found = std::ranges::find(curves, name, &Curve::name);
  return found != curves.end() ? *found : curves.emplace_back(Curve{name, {}});
}

std::vector<Curve> curves_of(const Records& records, const Choice& choice, const XAxis& x) {
  std::vector<Curve> curves;
  const Names splits = splits_of(records, choice);
  for (const Record& record : records) {
    const auto at = x.of(record);
    const auto y = record.value(choice.y);
    if (at && y) curve_named(curve_name(record, splits), curves).points.push_back({*at, *y});
  }
  for (Curve& curve : curves) std::ranges::stable_sort(curve.points, {}, &CurvePoint::x);
  return curves;
}

Axis::Scale scale_for(const std::vector<Curve>& curves) {
  double least = 0;
  double most = 0;
  for (const Curve& curve : curves) {
    for (const CurvePoint& point : curve.points) {
      if (point.y.value <= 0) return Axis::Scale::kLinear;
      least = least == 0 ? point.y.value : std::min(least, point.y.value);
      most = std::max(most, point.y.value);
    }
  }
  return most > kManyfold * least ? Axis::Scale::kLog : Axis::Scale::kLinear;
}

/// Of requests: "p99_us", "users_mean_us".
bool is_latency(const std::string& value) {
  static const std::regex kLatency("(.*_)?(mean|p[0-9]+)_us");
  return std::regex_match(value, kLatency);
}

/// What else is told of a system that does not keep up means what it says.
Choice as_bars(Choice choice) {
  choice.overloaded |= !is_latency(choice.y);
  return choice;
}

/// Percentiles before the rest: they are what a system is judged by.
std::string value_to_show(const Names& values) {
  for (const char* name : {"p99_us", "short_p99_us", "p50_us", "saturation_krps",
                           "throughput_ginstr", "whole_iteration_s"})
    if (has(values, name)) return name;
  return values.empty() ? "" : values.front();
}

}  // namespace

std::string joined_along(const Records& records, const std::string& x) {
  const Names paths = swept_paths_of(records);
  if (has(paths, x)) return x;
  const auto rate =
      std::ranges::find_if(paths, [](const std::string& path) { return path.ends_with("rate"); });
  if (rate != paths.end()) return *rate;
  return paths.empty() ? "" : paths.back();
}

Names splits_along(const Records& records, const std::string& along) {
  Names names = dimensions_of(records);
  std::erase_if(names, [&](const std::string& n) { return n == along || !differs(records, n); });
  return names;
}

std::string curve_name(const Record& record, const Names& splits) {
  std::string name;
  for (const std::string& split : splits) {
    if (text_of(record, split).empty()) continue;
    if (!name.empty()) name += ", ";
    const bool speaks_for_itself = split == "variant" || split == "source";
    if (!speaks_for_itself) name += split.substr(split.rfind('.') + 1) + ' ';
    name += text_of(record, split);
  }
  return name.empty() ? record.variant : name;
}

Choice first_choice(const Records& records) {
  const Records stable = chosen_of(records, {});
  const bool overloaded = stable.empty();  // then there is nothing else
  const Names values = values_of(overloaded ? records : stable);
  const std::string along = joined_along(records, "");
  if (values.empty()) return {};
  const bool is_load = along.ends_with("rate") && has(values, "throughput_krps");
  return {.x = is_load ? "throughput_krps" : along,
          .y = value_to_show(values),
          .by = {},
          .where = {},
          .overloaded = overloaded};
}

CurveChart chart_of(const Records& records, const Choice& choice) {
  check_x(records, choice.x);
  check(records, choice);
  const Records chosen = chosen_of(records, choice);
  const XAxis x(chosen, choice.x);
  CurveChart chart{.caption = {},
                   .x_label = x.label(),
                   .y_label = label_of_value(choice.y),
                   .curves = curves_of(chosen, choice, x)};
  chart.x_names = x.labels();
  chart.y_scale = scale_for(chart.curves);
  chart.caption = {label_of_value(choice.y),
                   fmt::format("{} over {}, {} curves with 95 % confidence.", chart.y_label,
                               chart.x_label, chart.curves.size())};
  for (const Curve& curve : chart.curves) require_one_point_each(curve, choice, x.is_swept());
  return chart;
}

BarChart bars_of(const Records& records, const Choice& choice) {
  check(records, choice);
  const std::string label = label_of_value(choice.y);
  BarChart chart{
      .caption = {label, label + " of each point, with 95 % confidence."}, .unit = {}, .bars = {}};
  const Names splits = splits_of(records, choice);
  for (const Record& record : chosen_of(records, as_bars(choice)))
    if (const auto value = record.value(choice.y))
      chart.bars.push_back({curve_name(record, splits), *value, {}});
  return chart;
}

LeftOut left_out(const Records& records, const Records& missing, const Choice& choice) {
  const Choice drawn = choice.x.empty() ? as_bars(choice) : choice;
  const auto has_place = [&](const Record& record) {
    return choice.x.empty() || !record.swept_text(choice.x).empty() ||
           record.value(choice.x).has_value();
  };
  LeftOut out;
  for (const Record& record : records) {
    if (!fits(record, choice)) continue;
    ++out.of;
    if (!record.error.empty())
      ++out.failed;
    else if (record.unstable && !drawn.overloaded)
      ++out.overloaded;
    else if (!record.value(choice.y) || !has_place(record))
      ++out.without_value;
  }
  for (const Record& record : missing) {
    if (!fits(record, choice)) continue;
    ++out.of;
    ++(record.error.empty() ? out.open : out.failed);
  }
  return out;
}

}  // namespace report
