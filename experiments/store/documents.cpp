// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/documents.h"

#include <nlohmann/json.hpp>

#include "experiments/points/results_json.h"
#include "experiments/store/database.h"
#include "experiments/store/program.h"
#include "experiments/store/schema.h"

namespace store {
namespace {

using sim::Json;

/// Of a row that has these after its first column.
experiments::ResultLabels labels_in(const Statement& points) {
  return {.key = points.text(1),
          .version = version_of(points.text(2)),
          .variant = points.text(3),
          .swept = points.text(4),
          .experiment = points.text(5)};
}

Json missing_document(const Database& database, const Statement& points) try {
  return experiments::failure_document(labels_in(points), points.text(6));
} catch (const Json::exception&) {
  refuse_damaged_point(database, points.text(1));
}

class Reader {
 public:
  explicit Reader(const std::string& path) : database_(open_to_read(path)) {}

  void for_each(const std::function<void(const std::string&, const Json&)>& visit) {
    database_.execute("BEGIN");  // one state of the store for all that follows
    points_.with();
    while (points_.step()) visit(points_.text(7), document());
    database_.execute("COMMIT");
  }

 private:
  Json document() try {
    const experiments::ResultLabels labels = labels_in(points_);
    return experiments::result_document(labels, ended_by(), estimates_of(points_.integer(0)),
                                        runs_of(labels.key, points_.integer(6)));
  } catch (const Json::exception&) {
    refuse_damaged_point(database_, points_.text(1));
  }

  std::optional<std::string> ended_by() const {
    if (points_.is_null(8)) return std::nullopt;
    return points_.text(8);
  }

  experiments::Estimates estimates_of(std::int64_t point) {
    experiments::Estimates estimates;
    estimates_.with(point);
    while (estimates_.step())
      estimates.emplace_back(estimates_.text(0),
                             sim::Estimate{.mean = estimates_.real(1),
                                           .half_width = estimates_.real(2),
                                           .n = static_cast<std::size_t>(estimates_.integer(3))});
    return estimates;
  }

  std::vector<Json> runs_of(const std::string& key, std::int64_t replications) {
    std::vector<Json> runs;
    runs_.with(key, replications);
    while (runs_.step()) runs.push_back(run());
    return runs;
  }

  Json run() const {
    Json run;
    run["seed"] = static_cast<std::uint64_t>(runs_.integer(0));
    run["trace_hash"] = runs_.text(1);
    run["events"] = runs_.integer(2);
    run["unstable"] = runs_.integer(3) != 0;
    if (!runs_.is_null(4)) run["statistics"] = Json::parse(runs_.text(4));
    if (!runs_.is_null(5)) run["memory_findings"] = Json::parse(runs_.text(5));
    if (!runs_.is_null(6)) run["series"] = Json::parse(runs_.text(6));
    return run;
  }

  Database database_;
  Statement points_ = database_.prepare(
      std::string("SELECT id, key, version, variant, swept, experiment, replications, file, ") +
      (has_endings(database_) ? "ended_by" : "NULL") +
      " FROM points "
      "WHERE state = 'complete' AND position IS NOT NULL "
      "ORDER BY file, position, key, variant, swept");
  Statement estimates_ = database_.prepare(
      "SELECT name, mean, half_width, n FROM estimates WHERE point = ? ORDER BY rowid");
  Statement runs_ = database_.prepare(
      "SELECT seed, trace_hash, events, unstable, statistics, memory_findings, series FROM runs "
      "WHERE key = ? AND replication < ? ORDER BY replication");
};

}  // namespace

void for_each_document(const std::string& path, const std::function<void(const Json&)>& visit) {
  Reader(path).for_each([&](const std::string&, const Json& document) { visit(document); });
}

void for_each_document_by_file(const std::string& path,
                               const std::function<void(const std::string&, const Json&)>& visit) {
  Reader(path).for_each(visit);
}

void for_each_missing_by_file(const std::string& path,
                              const std::function<void(const std::string&, const Json&)>& visit) {
  Database database = open_to_read(path);
  Statement points = database.prepare(
      "SELECT file, key, version, variant, swept, experiment, error FROM points "
      "WHERE state <> 'complete' AND position IS NOT NULL ORDER BY file, position");
  while (points.step()) visit(points.text(0), missing_document(database, points));
}

std::vector<Json> documents_in(const std::string& path) {
  std::vector<Json> documents;
  for_each_document(path, [&](const Json& document) { documents.push_back(document); });
  return documents;
}

}  // namespace store
