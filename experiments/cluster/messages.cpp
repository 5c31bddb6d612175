// SPDX-License-Identifier: Apache-2.0
#include "experiments/cluster/messages.h"

#include <nlohmann/json.hpp>

#include "sim/json_values.h"

namespace cluster {
namespace {

using experiments::Attempt;
using experiments::RunRecord;
using experiments::Schedule;
using sim::Json;

std::optional<std::string> text_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<std::string>();
}

Json write_job(const Schedule::Job& job) {
  return Json::array({job.point, job.replication});
}

Schedule::Job job_in(const Json& json) {
  return {json.at(0).get<std::size_t>(), json.at(1).get<std::size_t>()};
}

Json write_record(const RunRecord& record) {
  Json json;
  json["seed"] = record.run.seed;
  json["trace_hash"] = record.run.trace_hash;
  json["events"] = record.run.events;
  json["unstable"] = record.run.unstable;
  json["values"] = Json::array();
  for (const auto& [name, value] : record.run.values)
    json["values"].push_back(Json::array({name, value}));
  json["statistics"] = sim::or_null(record.statistics);
  json["memory_findings"] = sim::or_null(record.memory_findings);
  json["series"] = sim::or_null(record.series);
  json["wall_seconds"] = record.wall_seconds;
  return json;
}

RunRecord record_in(const Json& json) {
  RunRecord record;
  record.run.seed = json.at("seed").get<std::uint64_t>();
  record.run.trace_hash = json.at("trace_hash").get<std::uint64_t>();
  record.run.events = json.at("events").get<std::uint64_t>();
  record.run.unstable = json.at("unstable").get<bool>();
  for (const Json& value : json.at("values"))
    record.run.values.emplace_back(value.at(0).get<std::string>(), value.at(1).get<double>());
  record.statistics = text_of(json.at("statistics"));
  record.memory_findings = text_of(json.at("memory_findings"));
  record.series = text_of(json.at("series"));
  record.wall_seconds = json.at("wall_seconds").get<double>();
  return record;
}

}  // namespace

std::string alive_message() {
  return R"({"alive":true})";
}

std::string stop_message() {
  return R"({"stop":true})";
}

bool is_stop(const std::string& message) {
  return message == stop_message();
}

std::string leave_message(bool together) {
  return together ? R"({"leave":"together"})" : R"({"leave":"alone"})";
}

std::optional<bool> read_leave(const std::string& message) {
  for (const bool together : {false, true})
    if (message == leave_message(together)) return together;
  return std::nullopt;
}

std::string job_message(const Schedule::Job& job, const experiments::Point& point) {
  Json json;
  json["run"] = write_job(job);
  json["experiment"] = point.resolved;
  return json.dump();
}

std::optional<RemoteJob> read_job(const std::string& message) {
  const Json json = Json::parse(message);
  if (!json.contains("run")) return std::nullopt;
  return RemoteJob{job_in(json.at("run")), json.at("experiment").get<std::string>()};
}

experiments::ExperimentParams params_of(const RemoteJob& remote) {
  const auto document = sim::Document::parse(remote.experiment, "rank 0's experiment");
  return experiments::expand(document).front().params;
}

std::string outcome_message(const RemoteOutcome& outcome) {
  Json json;
  json["ran"] = write_job(outcome.job);
  json["error"] = outcome.outcome.error;
  json["stopped"] = outcome.outcome.stopped;
  if (outcome.outcome.record) json["record"] = write_record(*outcome.outcome.record);
  return json.dump();
}

std::optional<RemoteOutcome> read_outcome(const std::string& message) {
  const Json json = Json::parse(message);
  if (!json.contains("ran")) return std::nullopt;
  RemoteOutcome outcome{job_in(json.at("ran")), {}};
  outcome.outcome.error = json.at("error").get<std::string>();
  outcome.outcome.stopped = json.at("stopped").get<bool>();
  if (!json.contains("record")) return outcome;
  outcome.outcome.record = record_in(json.at("record"));
  outcome.outcome.run = outcome.outcome.record->run;
  outcome.outcome.wall_seconds = outcome.outcome.record->wall_seconds;
  return outcome;
}

}  // namespace cluster
