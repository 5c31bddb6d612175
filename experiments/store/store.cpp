// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/store.h"

#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/points/results_json.h"
#include "experiments/store/program.h"
#include "experiments/store/schema.h"
#include "experiments/text/hash_text.h"
#include "sim/config_error.h"
#include "sim/random.h"

namespace store {
namespace {

using experiments::KnownRun;
using experiments::Point;
using experiments::PointResult;
using experiments::Replication;
using experiments::ResultLabels;
using experiments::RunResult;
using sim::Json;

constexpr const char* kAsk =
    "INSERT INTO points(file, position, key, variant, swept, experiment, version, state, "
    "replications) VALUES(?, ?, ?, ?, ?, ?, ?, 'open', 0) "
    "ON CONFLICT(file, key, variant, swept) DO UPDATE SET "
    "position = excluded.position, experiment = excluded.experiment, error = NULL, "
    "state = iif(state = 'complete' AND experiment = excluded.experiment, 'complete', 'open') "
    "RETURNING state = 'complete'";
constexpr const char* kFindRun =
    "SELECT seed, trace_hash, events, unstable, measured, wall_seconds FROM runs "
    "WHERE key = ? AND replication = ?";
constexpr const char* kKeepRun =
    "INSERT OR IGNORE INTO runs(key, replication, seed, trace_hash, events, unstable, "
    "wall_seconds, measured, statistics, memory_findings, series) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kFindPoint =
    "SELECT id FROM points WHERE file = ? AND key = ? AND variant = ? AND swept = ?";
constexpr const char* kKeepEstimate =
    "INSERT INTO estimates(point, name, mean, half_width, n) VALUES(?, ?, ?, ?, ?)";
constexpr const char* kFinish =
    "UPDATE points SET state = ?, error = ?, replications = ?, ended_by = ? WHERE id = ?";

const std::optional<std::string> kNothing;

std::string measured_by(const RunResult& run) {
  Json measured = Json::object();
  for (const auto& [name, value] : run.values) sim::append_member(measured, name, value);
  return measured.dump();
}

std::vector<std::pair<std::string, double>> values_in(const std::string& measured) {
  std::vector<std::pair<std::string, double>> values;
  const Json json = Json::parse(measured);
  for (const auto& [name, value] : json.items()) values.emplace_back(name, value.get<double>());
  return values;
}

std::uint64_t from_hex(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return number;
}

std::int64_t whole(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

}  // namespace

Store::Store(const std::string& path, std::string file)
    : database_(open_to_write(path)),
      file_(std::move(file)),
      ask_(database_.prepare(kAsk)),
      find_run_(database_.prepare(kFindRun)),
      keep_run_(database_.prepare(kKeepRun)),
      find_point_(database_.prepare(kFindPoint)),
      keep_estimate_(database_.prepare(kKeepEstimate)),
      finish_(database_.prepare(kFinish)) {
  require_one_version();
}

/// Another version, or other sources, may find other numbers, and nobody could tell which point is
/// of which.
void Store::require_one_version() {
  Statement other = database_.prepare("SELECT version FROM points WHERE version <> ? LIMIT 1");
  if (!other.with(program()).step()) return;
  throw sim::ConfigError(
      sim::Where{.file = database_.path(), .path = {}},
      fmt::format("has results of version {}, and this is version {}", other.text(0), program()),
      "choose another file");
}

// Points

std::vector<Point> Store::ask(const std::vector<Point>& points, const experiments::Shard& shard) {
  Transaction transaction(database_);
  database_.prepare("UPDATE points SET position = NULL WHERE file = ?").with(file_).run();
  std::vector<Point> left;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!is_complete(i, points[i]) && shard.has(i)) left.push_back(points[i]);
  transaction.commit();
  return left;
}

void Store::note(const Point& point) {
  if (noted_.insert(sim::hash_name(point.variant + point.resolved)).second)
    is_complete(std::nullopt, point);
}

bool Store::is_complete(std::optional<std::size_t> position, const Point& point) {
  const ResultLabels labels = experiments::labels_of(point);
  const auto place = position ? std::optional(whole(*position)) : std::nullopt;
  ask_.with(file_, place, labels.key, labels.variant, labels.swept, labels.experiment, program());
  ask_.step();
  const bool complete = ask_.integer(0) != 0;
  ask_.run();
  return complete;
}

std::size_t Store::former_points() {
  Statement count =
      database_.prepare("SELECT count(*) FROM points WHERE file = ? AND position IS NULL");
  count.with(file_).step();
  return static_cast<std::size_t>(count.integer(0));
}

std::int64_t Store::id_of(const Point& point) {
  const ResultLabels labels = experiments::labels_of(point);
  find_point_.with(file_, labels.key, labels.variant, labels.swept).step();
  const std::int64_t id = find_point_.integer(0);
  find_point_.run();
  return id;
}

void Store::finish(const PointResult& result) {
  Transaction transaction(database_);
  const std::int64_t point = id_of(result.point);
  database_.prepare("DELETE FROM estimates WHERE point = ?").with(point).run();
  if (result.failed()) {
    finish_.with("failed", result.error, std::int64_t{0}, kNothing, point).run();
  } else {
    keep_estimates(point, result);
    finish_
        .with("complete", kNothing, whole(result.runs.size()), experiments::ended_by_of(result),
              point)
        .run();
  }
  transaction.commit();
}

void Store::keep_estimates(std::int64_t point, const PointResult& result) {
  for (const auto& [name, estimate] : experiments::estimates_of(result))
    keep_estimate_.with(point, name, estimate.mean, estimate.half_width, whole(estimate.n)).run();
}

// Runs

std::optional<KnownRun> Store::known(const Point& point, std::size_t replication) try {
  if (!find_run_.with(point.key, whole(replication)).step()) return std::nullopt;
  KnownRun known{.run = {}, .wall_seconds = find_run_.real(5)};
  RunResult& run = known.run;
  run.seed = static_cast<std::uint64_t>(find_run_.integer(0));
  run.trace_hash = from_hex(find_run_.text(1));
  run.events = static_cast<std::uint64_t>(find_run_.integer(2));
  run.unstable = find_run_.integer(3) != 0;
  run.values = values_in(find_run_.text(4));
  find_run_.run();
  return known;
} catch (const Json::exception&) {
  refuse_damaged_point(database_, point.key);
}

void Store::keep(const Replication& replication) {
  const experiments::RunRecord& record = replication.record;
  const RunResult& run = record.run;
  keep_run_
      .with(replication.point.key, whole(replication.number), whole(run.seed),
            experiments::hash_text(run.trace_hash), whole(run.events), std::int64_t{run.unstable},
            record.wall_seconds, measured_by(run), record.statistics, record.memory_findings,
            record.series)
      .run();
}

}  // namespace store
