// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/results_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "experiments/text/hash_text.h"
#include "sim/json.h"
#include "sim/json_values.h"

namespace experiments {
namespace {

using sim::Json;

Json findings_of(const MemoryFindings& findings) {
  return {{"count", findings.count}, {"first", findings.first}};
}

Json series_of(const RunResult& run) {
  Json series = Json::array();
  for (const auto& span : run.series) {
    Json values = Json::object();
    for (const auto& [name, value] : span) values[name] = sim::finite_or_null(value);
    series.push_back(values);
  }
  return series;
}

Json values_of(const Estimates& estimates) {
  Json values = Json::object();
  for (const auto& [name, estimate] : estimates)
    sim::append_member(values, name,
                       {{"mean", sim::finite_or_null(estimate.mean)},
                        {"half_width", sim::finite_or_null(estimate.half_width)},
                        {"n", estimate.n}});
  return values;
}

std::optional<std::string> text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  return found->dump();
}

bool any_unstable(const std::vector<Json>& runs) {
  for (const Json& run : runs)
    if (run.at("unstable").get<bool>()) return true;
  return false;
}

Json labels_of(const ResultLabels& labels) {
  Json json;
  json["key"] = labels.key;
  json["version"] = labels.version;
  json["variant"] = labels.variant;
  json["swept"] = Json::parse(labels.swept);
  return json;
}

}  // namespace

Environment Environment::here(int jobs) {
  Environment environment{.version = program_version(), .host = {}, .compiler = {}, .jobs = jobs};
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) == 0) environment.host = name;
#if defined(__clang__)
  environment.compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
  environment.compiler = "gcc " __VERSION__;
#endif
  return environment;
}

std::string program_version() {
  return WAVESIM_VERSION;
}

std::string result_line(const PointResult& result) {
  if (result.failed()) return failure_document(labels_of(result.point), result.error).dump();
  std::vector<Json> runs;
  for (const RunResult& run : result.runs) runs.push_back(run_document(run));
  return result_document(labels_of(result.point), ended_by_of(result), estimates_of(result), runs)
      .dump();
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

// The parts of a result

ResultLabels labels_of(const Point& point) {
  Json swept = Json::object();
  for (const auto& [path, value] : point.swept) swept[path] = value;
  return {.key = point.key,
          .version = program_version(),
          .variant = point.variant,
          .swept = swept.dump(),
          .experiment = point.resolved};
}

Estimates estimates_of(const PointResult& result) {
  Estimates estimates;
  for (const auto& [name, replications] : result.values())
    estimates.emplace_back(name, replications.estimate());
  return estimates;
}

Json run_document(const RunResult& run) {
  Json json;
  json["seed"] = run.seed;
  json["trace_hash"] = hash_text(run.trace_hash);
  json["events"] = run.events;
  json["unstable"] = run.unstable;
  if (run.statistics) json["statistics"] = sim::write(*run.statistics);
  if (run.rpc) json["statistics"]["rpc"] = sim::write(*run.rpc);
  if (run.memory) json["statistics"]["memory"] = sim::write(*run.memory);
  if (run.findings) json["memory_findings"] = findings_of(*run.findings);
  if (!run.series.empty()) json["series"] = series_of(run);
  return json;
}

RunRecord record_of(const RunResult& run, double wall_seconds) {
  const Json document = run_document(run);
  RunRecord record;
  record.run.seed = run.seed;
  record.run.trace_hash = run.trace_hash;
  record.run.events = run.events;
  record.run.unstable = run.unstable;
  record.run.values = run.values;
  record.statistics = text_of(document, "statistics");
  record.memory_findings = text_of(document, "memory_findings");
  record.series = text_of(document, "series");
  record.wall_seconds = wall_seconds;
  return record;
}

std::optional<std::string> ended_by_of(const PointResult& result) {
  for (const auto& [ending, name] : enum_names(std::type_identity<Ending>{}))
    if (result.ended_by == ending) return name;
  return std::nullopt;
}

Json result_document(const ResultLabels& labels, const std::optional<std::string>& ended_by,
                     const Estimates& estimates, const std::vector<Json>& runs) {
  Json json = labels_of(labels);
  if (ended_by) json["ended_by"] = *ended_by;
  json["unstable"] = any_unstable(runs);
  json["values"] = values_of(estimates);
  json["runs"] = runs;
  json["experiment"] = Json::parse(labels.experiment);
  return json;
}

Json failure_document(const ResultLabels& labels, const std::string& error) {
  Json json = labels_of(labels);
  json["error"] = error;
  json["experiment"] = Json::parse(labels.experiment);
  return json;
}

}  // namespace experiments
