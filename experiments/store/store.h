// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "experiments/points/runner.h"
#include "experiments/points/shard.h"
#include "experiments/store/database.h"

namespace store {

/// Results that outlive whatever ends the program. Each run is kept as soon as it is over, in a
/// transaction of its own, so that kill -9 and a loss of power cost the runs under way and nothing
/// else.
///
/// Runs belong to a key, which names what was simulated; points say what a file asked for last. So
/// a point that asks for more replications adds to the runs that are there, one that asks for fewer
/// uses a part of them, and what a file no longer asks for is kept without being shown.
///
/// Two sweeps may write to one store at once: each keeps what the other has found, and equal runs
/// are equal. Not promised: that they share work while both are running.
class Store {
 public:
  /// What `file` asks for from here on. The file is made if there is none. Throws sim::ConfigError
  /// for one that is no store, or holds results of another version of this program.
  Store(const std::string& path, std::string file);

  /// Takes note of all points of the file. Gives back those of the shard that are not complete.
  std::vector<experiments::Point> ask(const std::vector<experiments::Point>& points,
                                      const experiments::Shard& shard = {});
  /// Takes note of a point that somebody came upon, and that no listing shows. A run has a version
  /// only by its point, so whoever keeps runs that nobody asked for must name theirs.
  void note(const experiments::Point& point);
  /// Points that the file asked for earlier and does not ask for now.
  std::size_t former_points();

  /// A run that is there, without statistics.
  std::optional<experiments::KnownRun> known(const experiments::Point& point,
                                             std::size_t replication);

  void keep(const experiments::Replication& replication);
  /// The point is complete, or failed.
  void finish(const experiments::PointResult& result);

 private:
  void require_one_version();
  bool is_complete(std::optional<std::size_t> position, const experiments::Point& point);
  std::int64_t id_of(const experiments::Point& point);
  void keep_estimates(std::int64_t point, const experiments::PointResult& result);

  Database database_;
  const std::string file_;
  std::set<std::uint64_t> noted_;  // points, by hash: each is written once
  Statement ask_, find_run_, keep_run_, find_point_, keep_estimate_, finish_;
};

}  // namespace store
