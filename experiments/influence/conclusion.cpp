// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/conclusion.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <sstream>

#include "sim/config_error.h"
#include "sim/wording.h"

namespace influence {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  std::istringstream in(text);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

int side_of(const std::string& word) {
  return word == ">" ? 1 : word == "<" ? -1 : 0;
}

std::optional<double> number_in(const std::string& word) {
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc{} && end == word.data() + word.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// "wave_16/on_host saturation_krps", "wave_16 - on_host saturation_krps", ...
std::optional<Conclusion> value_in(const Words& words) {
  Conclusion c;
  if (words.empty() || words.size() == 3 || words.size() > 4) return std::nullopt;
  c.value = words.back();
  if (words.size() == 1) return c;
  c.variant = words.front();
  if (words.size() == 4) {
    if (words[1] != "-" && words[1] != "/") return std::nullopt;
    c.kind = words[1] == "-" ? Conclusion::Kind::kDifference : Conclusion::Kind::kRatio;
    c.other = words[2];
  } else if (const auto slash = c.variant.find('/'); slash != std::string::npos) {
    c.kind = Conclusion::Kind::kRatio;
    c.other = c.variant.substr(slash + 1);
    c.variant.resize(slash);
  }
  const bool whole = c.kind == Conclusion::Kind::kValue || (!c.other.empty() && !c.variant.empty());
  return whole ? std::optional(c) : std::nullopt;
}

std::optional<Conclusion> claim_in(const Words& words) {
  if (words.size() < 3) return std::nullopt;
  const std::size_t last = words.size() - 1;
  if (const auto bound = number_in(words[last]); bound && side_of(words[last - 1]) != 0) {
    auto claim = value_in(Words(words.begin(), words.end() - 2));
    if (!claim) return std::nullopt;
    claim->side = side_of(words[last - 1]);
    claim->bound = *bound;
    return claim;
  }
  if (words.size() != 4 || side_of(words[1]) == 0) return std::nullopt;
  return Conclusion{.kind = Conclusion::Kind::kRatio,
                    .value = words[3],
                    .variant = words[0],
                    .other = words[2],
                    .side = side_of(words[1]),
                    .bound = 1};
}

sim::Replications mapped(const sim::Replications& values, const auto& change) {
  sim::Replications all;
  for (const auto& [replication, value] : values.values()) all.add(replication, change(value));
  return all;
}

/// Both saw the same requests in each replication, so they are compared in each; a percentile may
/// be missing from one that had few. None if no replication has both.
std::optional<sim::Replications> combined(const Conclusion& c, const sim::Replications& values,
                                          const sim::Replications& others) {
  sim::Replications both;
  if (c.kind == Conclusion::Kind::kDifference) both = sim::paired_difference(values, others);
  if (c.kind == Conclusion::Kind::kRatio)
    for (const auto& [replication, value] : values.values()) {
      const auto other = others.values().find(replication);
      if (other == others.values().end()) continue;
      if (other->second == 0) return std::nullopt;
      both.add(replication, value / other->second);
    }
  return both.count() > 0 ? std::optional(both) : std::nullopt;
}

/// One line about a variant that none of `points` is of.
sim::ConfigError no_such_variant(const std::vector<experiments::Point>& points,
                                 const std::string& variant) {
  const std::vector<std::string> names = experiments::variants_of(points);
  if (variant.empty())
    return {"", "the value names no variant of the experiment",
            "write one before it: " + sim::one_of(names)};
  return {"", "no such variant: " + sim::in_quotes(variant),
          names.empty() ? "the experiment has none" : sim::suggestion(variant, names)};
}

const experiments::Point& only_point(const std::vector<experiments::Point>& points,
                                     const std::string& variant) {
  const auto is_of = [&](const experiments::Point& point) { return point.variant == variant; };
  const auto count = std::ranges::count_if(points, is_of);
  if (count == 1) return *std::ranges::find_if(points, is_of);
  if (count > 1)
    throw sim::ConfigError(variant, fmt::format("stands for {} points of a sweep", count),
                           "leave one of each list, as in --set 'sweep.system.workers=[16]'");
  throw no_such_variant(points, variant);
}

}  // namespace

std::vector<std::string> Conclusion::variants() const {
  if (kind == Kind::kValue) return {variant};
  return {variant, other};
}

std::string Conclusion::text() const {
  std::string all = variant;
  if (kind == Kind::kRatio) all += '/' + other;
  if (kind == Kind::kDifference) all += " - " + other;
  all += (all.empty() ? "" : " ") + value;
  return is_claim() ? fmt::format("{} {} {}", all, side > 0 ? '>' : '<', bound) : all;
}

Conclusion read_value(const std::string& text, const std::string& option) {
  if (const auto value = value_in(words_of(text))) return *value;
  throw sim::ConfigError(option, sim::in_quotes(text) + " is no value",
                         "write one as in 'wave_16/on_host saturation_krps'");
}

Conclusion read_claim(const std::string& text, const std::string& option) {
  if (const auto claim = claim_in(words_of(text))) return *claim;
  throw sim::ConfigError(option, sim::in_quotes(text) + " is no claim",
                         "write one as in 'wave_16 > on_host saturation_krps'");
}

std::vector<experiments::Point> points_for(const Conclusion& conclusion,
                                           const std::vector<experiments::Point>& points) {
  std::vector<experiments::Point> found;
  for (const std::string& variant : conclusion.variants())
    if (std::ranges::find(found, variant, &experiments::Point::variant) == found.end())
      found.push_back(only_point(points, variant));
  return found;
}

std::optional<sim::Replications> evaluate(const Conclusion& c, const ValueOf& value_of) {
  std::optional<sim::Replications> value = value_of(c.variant);
  if (value->count() == 0) return std::nullopt;
  if (c.kind != Conclusion::Kind::kValue) value = combined(c, *value, value_of(c.other));
  if (!value || !c.is_claim()) return value;
  return mapped(*value, [&](double x) { return c.side * (x - c.bound); });
}

}  // namespace influence
