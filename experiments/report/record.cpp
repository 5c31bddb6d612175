// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/record.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/points/results_json.h"
#include "sim/config_error.h"
#include "sim/json_values.h"
#include "sim/quantity.h"

namespace report {
namespace {

using sim::Json;
using Names = std::vector<std::string>;

constexpr double kPicosecondsPerNanosecond = 1e3;

/// Counts as they are, times in nanoseconds, and nothing for what was not sampled.
std::optional<double> number_in(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return std::nullopt;
  try {
    const auto time = sim::parse<sim::Duration>(json.get<std::string>());
    return static_cast<double>(time.count()) / kPicosecondsPerNanosecond;
  } catch (const sim::ConfigError&) {
    return std::nullopt;  // a size: no bar is made of sizes
  }
}

struct Sum {
  double total = 0;
  int count = 0;
};

void add_statistics(const Json& json, const std::string& path, std::map<std::string, Sum>& sums) {
  if (json.is_object()) {
    for (const auto& [name, member] : json.items())
      add_statistics(member, path.empty() ? name : fmt::format("{}.{}", path, name), sums);
  } else if (const auto number = number_in(json)) {
    sums[path].total += *number;
    ++sums[path].count;
  }
}

std::map<std::string, double> means_of(const std::map<std::string, Sum>& sums) {
  std::map<std::string, double> means;
  for (const auto& [path, sum] : sums) means[path] = sum.total / sum.count;
  return means;
}

double number_or_zero(const Json& json) {
  return json.is_number() ? json.get<double>() : 0;
}

void add_values(const Json& values, Record& record) {
  for (const auto& [name, value] : values.items()) {
    if (!value.at("mean").is_number()) continue;
    record.values.emplace_back(
        name, Reading{value.at("mean").get<double>(), number_or_zero(value.at("half_width"))});
  }
}

void add_runs(const Json& runs, Record& record) {
  std::map<std::string, Sum> sums;
  for (const Json& run : runs) {
    record.runs.push_back({run.at("seed").get<std::uint64_t>(), run.at("trace_hash")});
    if (run.contains("statistics")) add_statistics(run.at("statistics"), "", sums);
  }
  record.statistics = means_of(sums);
}

void add_found(const Json& document, Record& record) {
  if (document.contains("error")) {
    record.error = document.at("error");
    return;
  }
  record.unstable = document.at("unstable");
  record.ended_by = document.value("ended_by", std::string());
  add_values(document.at("values"), record);
  add_runs(document.at("runs"), record);
}

}  // namespace

std::optional<Reading> Record::value(const std::string& name) const {
  const auto found = std::ranges::find(values, name, &std::pair<std::string, Reading>::first);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> Record::statistic(const std::string& path) const {
  const auto found = statistics.find(path);
  return found == statistics.end() ? std::nullopt : std::optional(found->second);
}

std::string Record::swept_text(const std::string& path) const {
  const auto found = std::ranges::find(swept, path, &std::pair<std::string, std::string>::first);
  return found == swept.end() ? "" : found->second;
}

Record record_of(const Json& document, const std::string& source) try {
  Record record;
  record.source = source;
  record.key = document.at("key");
  record.version = document.at("version");
  record.variant = document.at("variant");
  for (const auto& [path, value] : document.at("swept").items())
    record.swept.emplace_back(path, sim::bare_text(value));
  record.experiment = document.at("experiment").dump();
  add_found(document, record);
  return record;
} catch (const Json::exception&) {
  throw sim::ConfigError("", "is no result document",
                         "give what wavesim sweep or wavesim run --json wrote");
}

Record record_of(const experiments::PointResult& result, const std::string& source) {
  return record_of(Json::parse(experiments::result_line(result)), source);
}

/// Whoever looks at a result need not have the policy's library, nor run its code.
std::optional<experiments::MachineParams> machine_of(const Record& record) try {
  Json experiment = Json::parse(record.experiment);
  if (experiment.contains("system")) experiment["system"].erase("policy");
  const auto document = sim::Document::parse(experiment.dump(), record.source);
  return experiments::expand(document).front().params.machine;
} catch (const Json::exception&) {
  return std::nullopt;
} catch (const sim::ConfigError&) {
  return std::nullopt;
}

std::string name_of(const Record& record) {
  return experiments::point_name(record.variant, record.swept);
}

std::string points_text(std::size_t count) {
  return fmt::format("{} point{}", count, count == 1 ? "" : "s");
}

Names sources_of(const Records& records) {
  return different(records, &Record::source);
}

Names variants_of(const Records& records) {
  return different(records, &Record::variant);
}

Names swept_paths_of(const Records& records) {
  Names paths;
  for (const Record& record : records)
    for (const auto& [path, value] : record.swept) experiments::add_once(paths, path);
  return paths;
}

Names values_of(const Records& records) {
  Names names;
  for (const Record& record : records)
    for (const auto& [name, value] : record.values) experiments::add_once(names, name);
  return names;
}

Records from_source(const Records& records, const std::string& source) {
  Records found;
  std::ranges::copy_if(records, std::back_inserter(found),
                       [&](const Record& record) { return record.source == source; });
  return found;
}

}  // namespace report
