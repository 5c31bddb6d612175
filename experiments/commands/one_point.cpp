// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/one_point.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "experiments/commands/results_table.h"
#include "experiments/commands/signals.h"
#include "experiments/story/one_run.h"
#include "experiments/system/stoppable.h"
#include "experiments/text/say.h"
#include "sim/config_error.h"
#include "sim/quantity.h"
#include "sim/wording.h"

namespace commands {
namespace {

using experiments::Point;

/// As an experiment says it: numbers and booleans without quotes.
std::string as_written(const std::string& value) {
  return nlohmann::json::accept(value) ? value : nlohmann::json(value).dump();
}

/// What would leave one of several points that only their swept values tell apart.
std::string settings_that_choose(const Point& point) {
  std::string settings;
  for (const auto& [path, value] : point.swept)
    settings += " --set 'sweep." + path + "=[" + as_written(value) + "]'";
  return "choose one, as with" + settings;
}

/// Where none is asked for, of several the first, which is said.
std::string chosen(const std::string& variant, const std::vector<std::string>& variants) {
  if (!variant.empty() || variants.size() < 2) return variant;
  experiments::say("wavesim: note: of {}; --variant takes {}\n", variants.front(),
                   sim::one_of(variants));
  return variants.front();
}

}  // namespace

Point one_point(const ExperimentOptions& options, const std::string& asked_for) {
  std::vector<Point> points = points_of(options);
  const std::string variant = chosen(asked_for, experiments::variants_of(points));
  if (!variant.empty()) keep_variants(points, {variant});
  if (points.size() == 1) return points.front();
  throw sim::ConfigError("sweep", "the file has several points",
                         settings_that_choose(points.front()));
}

std::optional<Point> one_run(const ExperimentOptions& options, const std::string& variant) try {
  Point point = one_point(options, variant);
  if (!story::searches(point.params.run.measure)) return point;
  std::fputs("wavesim: note: run.measure is a search: looking for the load first\n", stderr);
  story::OneRun found =
      story::one_run_of_search(point.params, point.params.run.seed, &interrupted());
  experiments::say("wavesim: note: found; the same without searching: {}\n", found.settings);
  point.params = std::move(found.params);
  return point;
} catch (const experiments::Stopped&) {
  return std::nullopt;
}

sim::Duration duration_of(const std::string& name, const std::string& text) {
  const auto unit = std::ranges::find_if(text, [](char c) { return c >= 'a' && c <= 'z'; });
  std::string spaced(text.begin(), unit);
  if (spaced.ends_with(' ')) spaced.pop_back();
  spaced += ' ' + std::string(unit, text.end());
  try {
    return sim::parse<sim::Duration>(spaced);
  } catch (const sim::ConfigError&) {
    throw sim::ConfigError(name, "no time: " + sim::in_quotes(text), "try 10ms or 200us");
  }
}

}  // namespace commands
