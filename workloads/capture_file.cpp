// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "sim/json.h"
#include "sim/shipped_file.h"

namespace workloads {
namespace {

constexpr const char* kQuantiles = "quantiles_ns";
constexpr double kLeastNs = 1e-3;  // a picosecond: less would be none at all
constexpr double kMostNs = 1e12;   // a thousand seconds: no operation of a server

constexpr const char* kRequired[] = {"operation", "provenance", "samples", "mean", kQuantiles};

void require_at(bool sensible, const sim::Place& place, const char* wrong, const char* remedy) {
  if (!sensible) throw place.error(wrong, remedy);
}

double number(const sim::Place& pair, const char* position) {
  const sim::Json& json = pair.at(position).json();
  require_at(json.is_number(), pair, "is not a pair of numbers", "write [share, nanoseconds]");
  return json.get<double>();
}

Quantile read_quantile(const sim::Place& pair) {
  require_at(pair.json().is_array() && pair.json().size() == 2, pair, "is not a pair",
             "write [share, nanoseconds]");
  const double share = number(pair, "0");
  const double ns = number(pair, "1");
  require_at(0 <= share && share <= 1, pair, "has a share that is none", "shares go from 0 to 1");
  require_at(kLeastNs <= ns && ns <= kMostNs, pair, "has an impossible time",
             "times are from 1 ps to 1000 s");
  return {share, sim::Duration{std::llround(ns * 1e3)}};
}

void check_order(const Quantile& before, const Quantile& after, const sim::Place& pair) {
  require_at(before.p < after.p, pair, "does not rise in its share",
             "sort by share, each one once");
  require_at(before.value <= after.value, pair, "falls in its time",
             "a larger share of the samples cannot end earlier");
}

Quantiles read_quantiles(const sim::Place& list) {
  require_at(list.json().is_array() && list.json().size() >= 2, list, "is not a list of pairs",
             "write at least [[0, least], [1, greatest]]");
  Quantiles quantiles;
  for (std::size_t i = 0; i < list.json().size(); ++i) {
    const sim::Place pair = list.member(std::to_string(i), list.json()[i]);
    quantiles.push_back(read_quantile(pair));
    if (i > 0) check_order(quantiles[i - 1], quantiles[i], pair);
  }
  require_at(quantiles.front().p == 0 && quantiles.back().p == 1, list, "has not all shares",
             "begin at share 0 and end at share 1");
  return quantiles;
}

sim::Duration mean_of(const Quantiles& quantiles) {
  return sim::Empirical::of_quantiles(quantiles).mean();
}

void check_mean(const Capture& capture, const sim::Place& mean) {
  if (has_mean_of_quantiles(capture)) return;
  throw mean.error(
      "is not that of the quantiles, which is " + sim::to_text(mean_of(capture.quantiles)),
      "capture again");
}

void check(const Capture& c, const sim::Place& root) {
  require_at(c.samples >= 2, root.at("samples"), "are too few", "two at least");
  require_at(c.mean > sim::Duration{0}, root.at("mean"), "is not positive", "capture again");
  // What the file leaves out is zero, and passes.
  if (c.dropped < 0) throw root.at("dropped").error("is negative", "count from 0");
  const double noisy = c.share_above_ten_medians;
  if (noisy < 0 || noisy > 1)
    throw root.at("share_above_ten_medians").error("is not a share", "shares go from 0 to 1");
  check_mean(c, root.at("mean"));
}

/// A tenth of a nanosecond is finer than any clock resolves.
double in_tenths_of_ns(sim::Duration time) {
  return std::round(sim::to_ns(time) * 10) / 10;
}

std::string text_of(const Quantile& quantile) {
  const sim::Json pair = sim::Json::array({quantile.p, in_tenths_of_ns(quantile.value)});
  return pair.dump();
}

/// Several to a line, where the JSON library would give each number its own.
std::string rows_of(const Quantiles& quantiles) {
  constexpr std::size_t kPairsInRow = 8;
  std::string rows;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    if (i > 0) rows += i % kPairsInRow == 0 ? ",\n    " : ", ";
    rows += text_of(quantiles[i]);
  }
  return rows;
}

}  // namespace

bool has_mean_of_quantiles(const Capture& capture) {
  const double ratio = sim::to_ns(mean_of(capture.quantiles)) / sim::to_ns(capture.mean);
  return std::abs(ratio - 1) <= 0.05;
}

Capture read_capture(const sim::Document& document) {
  const sim::Place root = document.root();
  auto capture = sim::read<Capture>(root, {kQuantiles});
  for (const char* name : kRequired) (void)root.at(name);  // throws if there is none
  capture.quantiles = read_quantiles(root.at(kQuantiles));
  check(capture, root);
  return capture;
}

void write_capture(const Capture& capture, std::ostream& out) {
  out << with_open_list(sim::write(capture), kQuantiles) << "\n    " << rows_of(capture.quantiles)
      << "\n  ]\n}\n";
}

std::string with_open_list(const sim::Json& members, const char* list) {
  std::string text = members.dump(2);
  text.resize(text.rfind('\n'));  // where the closing brace stands
  return text.append(",\n  \"").append(list).append("\": [");
}

std::string path_of_capture(const std::string& name) {
  const bool shipped = name.find_first_of("/.") == std::string::npos;
  if (!shipped) return name;
  return sim::shipped_file(WAVESIM_CAPTURES_INSTALLED, WAVESIM_CAPTURES_BUILT) + '/' + name +
         ".json";
}

}  // namespace workloads
