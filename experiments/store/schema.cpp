// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/schema.h"

#include <fmt/format.h>

#include "sim/config_error.h"

namespace store {
namespace {

// Says what an SQLite file is for: "wave" in ASCII.
constexpr std::int64_t kApplication = 0x77617665;
// One more whenever a program of before could not read what is written.
constexpr std::int64_t kVersion = 1;

// README.md explains it; comments stay in the file, for who looks at it with sqlite3's .schema.
constexpr const char* kSchema = R"(
CREATE TABLE points(                -- what was asked
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL,               -- the experiment file's name
  position INTEGER,                 -- in that file; null: it no longer asks, or a study did
  key TEXT NOT NULL,                -- hash of the experiment, but for how often it is run
  variant TEXT NOT NULL,
  swept TEXT NOT NULL,              -- JSON: path and value
  experiment TEXT NOT NULL,         -- JSON: every parameter
  version TEXT NOT NULL,            -- of the program, and of its sources
  state TEXT NOT NULL CHECK(state IN ('open', 'complete', 'failed')),
  error TEXT,                       -- why it failed
  replications INTEGER NOT NULL,    -- how many runs a complete point has
  ended_by TEXT,                    -- if it asks for a precision: that, 'replications' or 'time'
  UNIQUE(file, key, variant, swept)
) STRICT;
CREATE TABLE runs(                  -- what was simulated
  key TEXT NOT NULL,                -- as in points
  replication INTEGER NOT NULL,     -- from 0
  seed INTEGER NOT NULL,            -- from 2^63 on: less 2^64
  trace_hash TEXT NOT NULL,
  events INTEGER NOT NULL,
  unstable INTEGER NOT NULL,
  wall_seconds REAL NOT NULL,
  measured TEXT NOT NULL,           -- JSON: each value's name and what this run found
  statistics TEXT,                  -- JSON
  memory_findings TEXT,             -- JSON
  series TEXT,                      -- JSON
  PRIMARY KEY(key, replication)
) STRICT;
CREATE TABLE estimates(             -- of complete points
  point INTEGER NOT NULL REFERENCES points(id),
  name TEXT NOT NULL,               -- its last word is the unit
  mean REAL,
  half_width REAL,                  -- of the 95 % confidence interval; null after one run
  n INTEGER NOT NULL,
  PRIMARY KEY(point, name)
) STRICT;
CREATE VIEW results AS
  SELECT file, position, key, variant, swept, name, mean, half_width, n
  FROM points JOIN estimates ON estimates.point = points.id
  WHERE state = 'complete' AND position IS NOT NULL;
)";

[[noreturn]] void refuse(const Database& database, const std::string& wrong,
                         const std::string& remedy = "choose another file") {
  throw sim::ConfigError(sim::Where{.file = database.path(), .path = {}}, wrong, remedy);
}

void require_store(Database& database) {
  if (database.pragma("application_id") != kApplication) refuse(database, "is no store of results");
  if (const auto version = database.pragma("user_version"); version != kVersion)
    refuse(database,
           fmt::format("is a store with schema {}, and this program knows {}", version, kVersion));
}

bool is_empty(Database& database) {
  Statement any = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
  const bool has_tables = any.step();
  return !has_tables && database.pragma("application_id") == 0;
}

void make_store(Database& database) {
  database.execute(kSchema);
  database.execute(fmt::format("PRAGMA application_id = {}", kApplication));
  database.execute(fmt::format("PRAGMA user_version = {}", kVersion));
}

/// Stores were made without it at first; a program of then reads one that has it.
void add_endings(Database& database) {
  if (!has_endings(database)) database.execute("ALTER TABLE points ADD COLUMN ended_by TEXT");
}

}  // namespace

void refuse_damaged_point(const Database& database, const std::string& key) {
  refuse(database, fmt::format("is damaged: what it has of point {} is no JSON", key),
         "write to another store");
}

bool has_endings(Database& database, const std::string& schema) {
  return database.prepare("SELECT 1 FROM pragma_table_info('points', ?) WHERE name = 'ended_by'")
      .with(schema)
      .step();
}

Database open_to_write(const std::string& path) {
  Database database(path, Database::Open::kWrite);
  Transaction transaction(database);  // of two who find it empty, one makes it
  if (is_empty(database)) make_store(database);
  require_store(database);
  add_endings(database);
  transaction.commit();
  return database;
}

Database open_to_read(const std::string& path) {
  Database database(path, Database::Open::kRead);
  require_store(database);
  return database;
}

}  // namespace store
