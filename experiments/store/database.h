// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace store {

/// As SQLite has to hear it for a file of that name: it takes ":memory:" for something else.
std::string name_for_sqlite(const std::string& path);

/// A prepared statement and, while it is stepped through, one row of its answer.
class Statement {
 public:
  /// Starts over with these values for its question marks, in order.
  template <class... Values>
  Statement& with(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
    return *this;
  }

  /// To the next row; false after the last.
  bool step();
  /// All of it, for statements that answer nothing.
  void run() {
    while (step()) {
    }
  }

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;  // NULL: infinite
  std::string text(int column) const;

 private:
  friend class Database;
  Statement(sqlite3* database, const std::string& path, std::string_view sql);

  void reset();
  void bind(int place, std::int64_t value);
  void bind(int place, double value);  // infinity and NaN become NULL
  void bind(int place, const std::string& value);
  void bind(int place, const char* value) { bind(place, std::string(value)); }
  void bind_null(int place);
  template <class Value>
  void bind(int place, const std::optional<Value>& value) {
    value ? bind(place, *value) : bind_null(place);
  }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_;
  std::string path_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An SQLite file. Everything that goes wrong is a sim::ConfigError that names it.
class Database {
 public:
  enum class Open { kRead, kWrite };

  /// For writing, the file is made if there is none. One that was being written when its writer
  /// died is put right first, for readers too.
  Database(const std::string& path, Open how);

  Statement prepare(std::string_view sql) { return {handle_.get(), path_, sql}; }
  void execute(const std::string& sql);
  std::int64_t pragma(const std::string& name);
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// All of what is written while it lives, or nothing if it is not committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database.execute("BEGIN IMMEDIATE");
  }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    database_.execute("COMMIT");
    committed_ = true;
  }

 private:
  Database& database_;
  bool committed_ = false;
};

}  // namespace store
