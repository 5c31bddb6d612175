// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/database.h"

#include <cmath>
#include <limits>
#include <sqlite3.h>
#include <stdexcept>

#include "sim/config_error.h"
#include "sim/output_file.h"

// The one file that knows SQLite.

namespace store {
namespace {

// Another sweep may be writing one replication's results to the same file, over a slow network.
constexpr int kPatienceMs = 60'000;

[[noreturn]] void refuse(const std::string& path, const std::string& wrong,
                         const std::string& remedy) {
  throw sim::ConfigError(sim::Where{.file = path, .path = {}}, wrong, remedy);
}

[[noreturn]] void fail(sqlite3* database, const std::string& path) {
  const int code = sqlite3_extended_errcode(database);
  const std::string why = sqlite3_errmsg(database);
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      refuse(path, "is no store of results", "choose another file");
    case SQLITE_CORRUPT:
      refuse(path, "is damaged: " + why, "try sqlite3's .recover");
    case SQLITE_BUSY:
      refuse(path, "is in use by another program", "try again");
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      refuse(path, "cannot be read or written: " + why, "choose another place");
    default:
      throw std::runtime_error(path + ": SQLite says: " + why);
  }
}

}  // namespace

std::string name_for_sqlite(const std::string& path) {
  return path.starts_with('/') ? path : "./" + path;
}

// Statements

Statement::Statement(sqlite3* database, const std::string& path, std::string_view sql)
    : database_(database), path_(path) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) fail(database, path);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(database_, path_);
  reset();  // a statement that is not at its start would keep others from committing
  return false;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

void Statement::bind(int place, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), place, value);
}

void Statement::bind(int place, double value) {
  if (std::isfinite(value))
    sqlite3_bind_double(statement_.get(), place, value);
  else
    bind_null(place);
}

void Statement::bind(int place, const std::string& value) {
  sqlite3_bind_text64(statement_.get(), place, value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void Statement::bind_null(int place) {
  sqlite3_bind_null(statement_.get(), place);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  if (is_null(column)) return std::numeric_limits<double>::infinity();
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(bytes));
}

// Databases

Database::Database(const std::string& path, Open how) : path_(path) {
  // A reader, too, may have to undo what a writer left half done; without permission to write
  // SQLite opens the file for reading by itself.
  const int flags = SQLITE_OPEN_READWRITE | (how == Open::kWrite ? SQLITE_OPEN_CREATE : 0);
  if (sim::is_device(path)) refuse(path, "is no regular file", "choose another file");
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(name_for_sqlite(path).c_str(), &database, flags, nullptr);
  handle_.reset(database);
  if (code != SQLITE_OK) fail(database, path);
  sqlite3_busy_timeout(database, kPatienceMs);
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(handle_.get(), path_);
}

std::int64_t Database::pragma(const std::string& name) {
  Statement statement = prepare("PRAGMA " + name);
  return statement.step() ? statement.integer(0) : 0;
}

Transaction::~Transaction() {
  if (committed_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const std::exception&) {  // an error on the way has rolled back already
  }
}

}  // namespace store
