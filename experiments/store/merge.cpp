// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/merge.h"

#include <filesystem>
#include <fmt/format.h>

#include "experiments/store/database.h"
#include "experiments/store/schema.h"
#include "sim/config_error.h"
#include "sim/output_file.h"

namespace store {
namespace {

namespace fs = std::filesystem;

// Two points are the same if they have these.
constexpr const char* kSamePoint = "USING (file, key, variant, swept)";

constexpr const char* kOtherVersion =
    "SELECT theirs.version, ours.version FROM other.points AS theirs JOIN points AS ours "
    "ON theirs.version <> ours.version LIMIT 1";

constexpr const char* kConflict =
    "SELECT theirs.key, theirs.seed FROM other.runs AS theirs JOIN runs AS ours "
    "USING (key, replication) WHERE (theirs.seed, theirs.trace_hash, theirs.events, "
    "theirs.unstable, theirs.measured, theirs.statistics, theirs.memory_findings, theirs.series) "
    "IS NOT (ours.seed, "
    "ours.trace_hash, ours.events, ours.unstable, ours.measured, ours.statistics, "
    "ours.memory_findings, ours.series) "
    "ORDER BY key, replication LIMIT 1";

constexpr const char* kTakeRuns = "INSERT OR IGNORE INTO runs SELECT * FROM other.runs";

/// A point that failed says why; one that is open may have been complete once, and asked for anew.
std::string rank_of(const std::string& state) {
  return "CASE " + state + " WHEN 'complete' THEN 2 WHEN 'failed' THEN 1 ELSE 0 END";
}

// The state that says more, then the point with more runs; the rest only makes the choice
// independent of the order of the stores.
std::string take_points(bool with_endings) {
  return std::string(
             "INSERT INTO points(file, position, key, variant, swept, experiment, version, state, "
             "error, "
             "replications, ended_by) SELECT file, position, key, variant, swept, experiment, "
             "version, state, error, "
             "replications, ") +
         (with_endings ? "ended_by" : "NULL") +
         " FROM other.points WHERE true "
         "ON CONFLICT(file, key, variant, swept) DO UPDATE SET position = excluded.position, "
         "experiment = excluded.experiment, state = excluded.state, error = excluded.error, "
         "replications = excluded.replications, ended_by = excluded.ended_by "
         "WHERE (" +
         rank_of("excluded.state") +
         ", excluded.replications, excluded.experiment, ifnull(excluded.position, -1), "
         "ifnull(excluded.error, '')) > (" +
         rank_of("state") + ", replications, experiment, ifnull(position, -1), ifnull(error, ''))";
}

// Equal runs have equal estimates, so it is enough that theirs are of as many.
const std::string kTheirEstimates =
    std::string("FROM other.points AS theirs JOIN points AS ours ") + kSamePoint +
    " WHERE theirs.state = 'complete' AND ours.state = 'complete' "
    "AND theirs.replications = ours.replications";

[[noreturn]] void refuse_store(const std::string& path, const std::string& wrong,
                               const std::string& remedy) {
  throw sim::ConfigError(sim::Where{.file = path, .path = {}}, wrong, remedy);
}

class Merger {
 public:
  explicit Merger(Database& database) : database_(database) {}

  void take(const std::string& path) {
    open_to_read(path);  // refuses what is no store, and puts right what a writer left
    database_.prepare("ATTACH ? AS other").with(name_for_sqlite(path)).run();
    Transaction transaction(database_);
    require_one_version(path);
    require_equal_runs(path);
    database_.execute(kTakeRuns);
    database_.execute(take_points(has_endings(database_, "other")));
    take_estimates();
    transaction.commit();
    database_.execute("DETACH other");
  }

  Merged summary() {
    Statement count = database_.prepare(
        "SELECT count(*), count(*) FILTER (WHERE state = 'complete') FROM points "
        "WHERE position IS NOT NULL");
    count.step();
    return {static_cast<std::size_t>(count.integer(0)), static_cast<std::size_t>(count.integer(1))};
  }

 private:
  void require_one_version(const std::string& path) {
    Statement other = database_.prepare(kOtherVersion);
    if (other.step())
      refuse_store(path,
                   fmt::format("has results of version {}, and those before it are of version {}",
                               other.text(0), other.text(1)),
                   "merge what one version found");
  }

  void require_equal_runs(const std::string& path) {
    Statement conflict = database_.prepare(kConflict);
    if (conflict.step())
      refuse_store(
          path,
          fmt::format("found something else for point {} with seed {} than a store before it",
                      conflict.text(0), static_cast<std::uint64_t>(conflict.integer(1))),
          "run that again with one program");
  }

  void take_estimates() {
    database_.execute("DELETE FROM estimates WHERE point IN (SELECT ours.id " + kTheirEstimates +
                      ")");
    database_.execute(
        "INSERT INTO estimates(point, name, mean, half_width, n) "
        "SELECT found.ours, e.name, e.mean, e.half_width, e.n FROM other.estimates AS e "
        "JOIN (SELECT ours.id AS ours, theirs.id AS theirs " +
        kTheirEstimates + ") AS found ON e.point = found.theirs ORDER BY e.rowid");
  }

  Database& database_;
};

}  // namespace

Merged merge(const std::vector<std::string>& from, const std::string& to) {
  sim::PartialFile file(to);
  Merged merged;
  {
    Database database = open_to_write(file.path());
    Merger merger(database);
    if (fs::exists(to)) merger.take(to);
    for (const std::string& path : from) merger.take(path);
    merged = merger.summary();
  }
  file.become_final();
  return merged;
}

}  // namespace store
