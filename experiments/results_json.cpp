// SPDX-License-Identifier: Apache-2.0
#include "experiments/results_json.h"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "sim/json.h"

namespace experiments {
namespace {

using sim::Json;

/// JSON knows no infinity: with one replication there is no interval.
Json number(double x) {
  return std::isfinite(x) ? Json(x) : Json();
}

Json swept_of(const Point& point) {
  Json swept = Json::object();
  for (const auto& [path, value] : point.swept) swept[path] = value;
  return swept;
}

Json series_of(const RunResult& run) {
  Json series = Json::array();
  for (const auto& span : run.series) {
    Json values = Json::object();
    for (const auto& [name, value] : span) values[name] = number(value);
    series.push_back(values);
  }
  return series;
}

Json run_of(const RunResult& run) {
  Json json;
  json["seed"] = run.seed;
  json["trace_hash"] = fmt::format("{:016x}", run.trace_hash);
  json["events"] = run.events;
  json["unstable"] = run.unstable;
  if (run.statistics) json["statistics"] = sim::write(*run.statistics);
  if (run.rpc) json["statistics"]["rpc"] = sim::write(*run.rpc);
  if (run.memory) json["statistics"]["memory"] = sim::write(*run.memory);
  if (!run.series.empty()) json["series"] = series_of(run);
  return json;
}

Json values_of(const PointResult& result) {
  Json values = Json::object();
  for (const auto& [name, replications] : result.values()) {
    const sim::Estimate estimate = replications.estimate();
    values[name] = {{"mean", number(estimate.mean)},
                    {"half_width", number(estimate.half_width)},
                    {"n", estimate.n}};
  }
  return values;
}

}  // namespace

Environment Environment::here(int jobs) {
  Environment environment{.version = WAVESIM_VERSION, .host = {}, .compiler = {}, .jobs = jobs};
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) == 0) environment.host = name;
#if defined(__clang__)
  environment.compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
  environment.compiler = "gcc " __VERSION__;
#endif
  return environment;
}

std::string result_line(const PointResult& result) {
  Json json;
  json["key"] = result.point.key;
  json["version"] = WAVESIM_VERSION;
  json["variant"] = result.point.variant;
  json["swept"] = swept_of(result.point);
  if (result.failed()) {
    json["error"] = result.error;
  } else {
    json["unstable"] = result.unstable();
    json["values"] = values_of(result);
    json["runs"] = Json::array();
    for (const RunResult& run : result.runs) json["runs"].push_back(run_of(run));
  }
  json["experiment"] = Json::parse(result.point.resolved);
  return json.dump();
}

std::string environment_line(const Environment& environment, double wall_seconds) {
  Json json;
  json["environment"] = {{"version", environment.version},
                         {"host", environment.host},
                         {"compiler", environment.compiler},
                         {"jobs", environment.jobs},
                         {"wall_seconds", wall_seconds}};
  return json.dump();
}

}  // namespace experiments
