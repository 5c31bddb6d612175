// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/coordinates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "sim/config_error.h"
#include "sim/quantity.h"

namespace report {
namespace {

using Texts = std::vector<std::string>;

std::optional<double> plain_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

std::optional<double> count_in(const std::string& text, const sim::Scale& scale) {
  try {
    double count = 0;
    sim::parse_count(text, scale, count);
    return count;
  } catch (const sim::ConfigError&) {
    return std::nullopt;
  }
}

/// The unit that the text is written in, which is the one its writer thinks in.
const sim::Unit& unit_of(const std::string& text, const sim::Scale& scale) {
  const auto found = std::ranges::find_if(scale.units, [&](const sim::Unit& unit) {
    return text.ends_with(std::string(" ") + unit.name);
  });
  return found == scale.units.end() ? scale.units.back() : *found;
}

std::optional<Coordinates> as_numbers(const Texts& texts) {
  Coordinates found;
  for (const std::string& text : texts) {
    const auto number = plain_number(text);
    if (!number) return std::nullopt;
    found.places[text] = *number;
  }
  return found;
}

std::optional<Coordinates> as_quantities(const Texts& texts, const sim::Scale& scale) {
  const sim::Unit& unit = unit_of(texts.front(), scale);
  Coordinates found{.places = {}, .unit = unit.name, .labels = {}};
  for (const std::string& text : texts) {
    const auto count = count_in(text, scale);
    if (!count) return std::nullopt;
    found.places[text] = *count / static_cast<double>(unit.size);
  }
  return found;
}

Coordinates side_by_side(const Texts& texts) {
  Coordinates found;
  for (const std::string& text : texts) {
    if (!found.places.emplace(text, found.labels.size()).second) continue;
    found.labels.push_back(text);
  }
  return found;
}

const std::array<const sim::Scale*, 6>& scales() {
  static const std::array<const sim::Scale*, 6> kAll{
      &sim::Quantity<sim::Duration>::scale(),  &sim::Quantity<sim::Bytes>::scale(),
      &sim::Quantity<sim::Bandwidth>::scale(), &sim::Quantity<sim::Cycles>::scale(),
      &sim::Quantity<sim::Frequency>::scale(), &sim::Quantity<sim::Rate>::scale()};
  return kAll;
}

/// The last word of a value's name is its unit.
std::string unit_text(const std::string& word) {
  static const std::map<std::string, std::string> kUnits{{"us", "µs"},
                                                         {"ns", "ns"},
                                                         {"ms", "ms"},
                                                         {"s", "s"},
                                                         {"krps", "1,000 requests/s"},
                                                         {"share", "share"},
                                                         {"ghz", "GHz"},
                                                         {"w", "W"},
                                                         {"gbps", "Gb/s"},
                                                         {"gib", "GiB"},
                                                         {"ginstr", "10⁹ instructions/s"},
                                                         {"cores", "cores"},
                                                         {"nj", "nJ"}};
  const auto found = kUnits.find(word);
  return found == kUnits.end() ? "" : found->second;
}

std::string in_words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  if (name == "p999" || name.ends_with(" p999")) name.replace(name.size() - 3, 3, "99.9");
  return name;
}

}  // namespace

Coordinates coordinates_of(const Texts& texts) {
  if (texts.empty()) return {};
  if (auto numbers = as_numbers(texts)) return *std::move(numbers);
  for (const sim::Scale* scale : scales())
    if (auto quantities = as_quantities(texts, *scale)) return *std::move(quantities);
  return side_by_side(texts);
}

std::string label_of_value(const std::string& name) {
  const auto underscore = name.rfind('_');
  if (underscore == std::string::npos) return in_words(name);
  const std::string unit = unit_text(name.substr(underscore + 1));
  return unit.empty() ? in_words(name) : in_words(name.substr(0, underscore)) + ", " + unit;
}

std::string label_of_path(const std::string& path, const std::string& unit) {
  return unit.empty() ? path : path + ", " + unit;
}

}  // namespace report
