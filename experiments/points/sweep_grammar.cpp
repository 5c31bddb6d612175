// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/sweep_grammar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace experiments {
namespace {

using sim::Json;
using sim::Place;
using Combinations = std::vector<Changes>;
using Names = std::vector<std::string>;

constexpr const char* kExample = "write paths and values, as in {\"system.workers\": [8, 16]}";

Combinations read_members(const Place& sweep, std::size_t most, bool together);

// Combining

Names paths_of(const Changes& changes) {
  Names paths;
  for (const Change& change : changes) paths.push_back(sim::dotted(change.path));
  return paths;
}

bool lies_below(const sim::Path& path, const sim::Path& above) {
  return above.size() < path.size() && std::equal(above.begin(), above.end(), path.begin());
}

/// Whether the value says what stands at `path`, below where it is put. An object need not: a
/// preset leaves all of its members to be swept.
bool sets(const Change& change, const sim::Path& path, const Place& sweep) {
  std::optional<Place> value = Place(sweep.document(), {}, change.value);
  for (std::size_t depth = change.path.size(); depth < path.size(); ++depth) {
    if (!value->json().is_structured()) return true;
    value = value->find(path[depth]);
    if (!value) return false;
  }
  return true;
}

/// Of two changes to what is one parameter in the end, the later would win, and the point would
/// still be labelled with both.
void require_other_parameter(const Change& before, const Change& more, const Place& place) {
  const std::string path = sim::dotted(more.path);
  if (before.path == more.path)
    throw place.error("sweeps " + path + " a second time", "sweep each path once");
  if (lies_below(before.path, more.path))
    throw place.error("sweeps " + path + ", and so undoes " + sim::dotted(before.path),
                      "sweep each parameter once, and " + path + " first");
  if (lies_below(more.path, before.path) && sets(before, more.path, place))
    throw place.error("sweeps " + path + ", which " + sim::dotted(before.path) + " sets as well",
                      "sweep each parameter once");
}

void require_other_parameters(const Combinations& before, const Changes& more, const Place& place) {
  for (const Changes& changes : before)
    for (const Change& a : changes)
      for (const Change& b : more) require_other_parameter(a, b, place);
}

Changes joined(const Changes& a, const Changes& b) {
  Changes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

Combinations product(const Combinations& outer, const Combinations& inner, const Place& place,
                     std::size_t most) {
  if (inner.size() > most / std::max<std::size_t>(outer.size(), 1))
    throw place.error(fmt::format("asks for more than {} points", most), "sweep fewer values");
  Combinations all;
  for (const Changes& a : outer)
    for (const Changes& b : inner) all.push_back(joined(a, b));
  return all;
}

Combinations zip(const Combinations& a, const Combinations& b, const Place& place) {
  if (a.size() != b.size())
    throw place.error(
        fmt::format("advances together with {} values and has {}", a.size(), b.size()),
        "give each as many");
  Combinations all;
  for (std::size_t i = 0; i < a.size(); ++i) all.push_back(joined(a[i], b[i]));
  return all;
}

// Ranges

/// "100 k/s" is 100 of "k/s".
struct Number {
  double value = 0;
  std::string unit;
};

Number number_at(const Place& range, const char* name) {
  const Place place = range.at(name);
  Number number;
  const auto refuse = [&]() -> Number {
    throw place.error("is no number, with or without a unit", "write 8 or \"100 k/s\"");
  };
  if (place.json().is_number()) {
    number.value = place.json().get<double>();
  } else if (place.json().is_string()) {
    const std::string text = place.json().get<std::string>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number.value);
    if (error != std::errc{}) return refuse();
    number.unit.assign(end, text.data() + text.size());
  } else {
    return refuse();
  }
  return std::isfinite(number.value) ? number : refuse();
}

/// As people write it: 300, not 300.00000000000006.
Json value_of(double number, const std::string& unit) {
  const std::string digits = fmt::format("{:.12g}", number);
  return unit.empty() ? Json::parse(digits) : Json(digits + unit);
}

std::string stride_of(const Place& range) {
  const bool adds = range.json().contains("step");
  if (adds == range.json().contains("factor"))
    throw range.error("is a range with neither step nor factor, or with both", "give one of them");
  return adds ? "step" : "factor";
}

void require_members_of_a_range(const Place& range) {
  for (const auto& [name, unused] : range.json().items())
    if (name != "from" && name != "to" && name != "step" && name != "factor")
      throw range.error_at_name(name, "is no part of a range",
                                "write from, to, and step or factor");
}

/// How often the stride fits between the ends.
double strides_between(double from, double to, double stride, bool adds) {
  return adds ? (to - from) / stride : std::log(to / from) / std::log(stride);
}

void require_that_it_ends(const Place& range, double from, double to, double stride, bool adds) {
  const bool possible = adds ? stride != 0 : from > 0 && to > 0 && stride > 0 && stride != 1;
  if (!possible || !(strides_between(from, to, stride, adds) >= 0))
    throw range.error("is a range that never gets from its beginning to its end",
                      adds ? "give a step towards `to`" : "give positive ends, and a factor");
}

std::vector<Json> values_in_range(const Place& range, std::size_t most) {
  require_members_of_a_range(range);
  const std::string name = stride_of(range);
  const bool adds = name == "step";
  const Number from = number_at(range, "from");
  const Number to = number_at(range, "to");
  const Number stride = number_at(range, name.c_str());
  if (to.unit != from.unit || stride.unit != (adds ? from.unit : ""))
    throw range.error("has numbers of different units",
                      adds ? "write all with one" : "write both ends with one, and a plain factor");
  require_that_it_ends(range, from.value, to.value, stride.value, adds);
  // The end belongs to the range, though rounding may put it a hair's breadth beyond.
  const double strides =
      std::floor(strides_between(from.value, to.value, stride.value, adds) + 1e-9);
  if (strides >= static_cast<double>(most))
    throw range.error(fmt::format("asks for more than {} points", most), "sweep fewer values");
  std::vector<Json> values;
  for (int i = 0; i <= static_cast<int>(strides); ++i)
    values.push_back(value_of(
        adds ? from.value + i * stride.value : from.value * std::pow(stride.value, i), from.unit));
  return values;
}

// Members

void append(Combinations& values, const std::string& path, const Json& value,
            const std::string& origin) {
  values.push_back({Change{.path = sim::split(path), .value = value, .origin = origin}});
}

Combinations read_values(const Place& list, const std::string& path, std::size_t most) {
  Combinations values;
  if (list.json().is_object()) {
    for (const Json& value : values_in_range(list, most))
      append(values, path, value, origin_of(list));
    return values;
  }
  if (!list.json().is_array() || list.json().empty())
    throw list.error("is not a list of values", "write the values to try, as in [8, 16]");
  for (std::size_t i = 0; i < list.json().size(); ++i) {
    const Place value = list.member(std::to_string(i), list.json()[i]);
    append(values, path, value.json(), origin_of(value));
  }
  return values;
}

Changes read_point(const Place& point) {
  if (!point.json().is_object())
    throw point.error("is no point", "write a value for each path, as in {\"system.workers\": 8}");
  Changes changes;
  for (const auto& [path, json] : point.json().items()) {
    if (path == "about") continue;
    if (path.empty()) throw point.error("a swept path is empty", "name a parameter");
    const Place value = point.member(path, json);
    changes.push_back({.path = sim::split(path), .value = json, .origin = origin_of(value)});
  }
  return changes;
}

void require_other_parameters_in(const Changes& changes, const Place& point) {
  for (auto more = changes.begin(); more != changes.end(); ++more)
    require_other_parameters({Changes(changes.begin(), more)}, {*more}, point);
}

/// All change the same paths: a table of results has one column for each.
Combinations read_points(const Place& list) {
  if (!list.json().is_array() || list.json().empty())
    throw list.error("is not a list of points",
                     "write some, as in [{\"system.workers\": 8}, {\"system.workers\": 16}]");
  Combinations points;
  for (std::size_t i = 0; i < list.json().size(); ++i) {
    const Place point = list.member(std::to_string(i), list.json()[i]);
    points.push_back(read_point(point));
    Names first = paths_of(points.front());
    Names here = paths_of(points.back());
    std::ranges::sort(first);
    std::ranges::sort(here);
    if (here != first)
      throw point.error("has other paths than the first point", "give each a value for each path");
    std::ranges::sort(points.back(), {}, &Change::path);
    require_other_parameters_in(points.back(), point);
  }
  return points;
}

/// One sweep, or the product of several.
Combinations read_nested(const Place& place, std::size_t most, bool together) {
  if (!place.json().is_array()) return read_members(place, most, together);
  Combinations all{{}};
  for (std::size_t i = 0; i < place.json().size(); ++i) {
    const Place sweep = place.member(std::to_string(i), place.json()[i]);
    const Combinations more = read_members(sweep, most, together);
    require_other_parameters(all, more.front(), sweep);
    all = product(all, more, sweep, most);
  }
  return all;
}

Combinations read_member(const Place& member, const std::string& name, std::size_t most) {
  if (name == "zip") return read_nested(member, most, true);
  if (name == "product") return read_nested(member, most, false);
  if (name == "points") return read_points(member);
  return read_values(member, name, most);
}

Combinations read_members(const Place& sweep, std::size_t most, bool together) {
  if (!sweep.json().is_object()) throw sweep.error("is not an object", kExample);
  Combinations all{{}};
  bool first = true;
  for (const auto& [name, json] : sweep.json().items()) {
    if (name == "about") continue;
    if (name.empty()) throw sweep.error("a swept path is empty", "name a parameter");
    const Place member = sweep.member(name, json);
    const Combinations more = read_member(member, name, most);
    require_other_parameters(all, more.front(), member);
    all = together && !first ? zip(all, more, member) : product(all, more, member, most);
    first = false;
  }
  return all;
}

}  // namespace

std::string origin_of(const Place& place) {
  const sim::Where where = place.document().where(place.path());
  if (where.line == 0) return where.file;
  return fmt::format("{}:{}:{}", where.file, where.line, where.column);
}

bool is_sweep_word(const std::string& name) {
  constexpr std::array<std::string_view, 3> kWords{"zip", "product", "points"};
  return std::ranges::find(kWords, name) != kWords.end();
}

std::vector<Changes> read_sweep(const Place& sweep, std::size_t most) {
  return read_members(sweep, most, false);
}

}  // namespace experiments
