// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/sweep.h"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

#include "experiments/cluster/coordinator.h"
#include "experiments/cluster/ranks.h"
#include "experiments/cluster/worker.h"
#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/results_table.h"
#include "experiments/commands/signals.h"
#include "experiments/points/results_json.h"
#include "experiments/points/shard.h"
#include "experiments/store/store.h"
#include "experiments/text/say.h"
#include "sim/config_error.h"

namespace commands {
namespace {

using experiments::Point;
using experiments::PointResult;
using experiments::Shard;
using Points = std::vector<Point>;

/// What is told of a sweep besides its results.
struct Tally {
  std::size_t wanted = 0;
  std::size_t complete = 0;
  std::size_t failed = 0;
  std::size_t out_of_time = 0;  // of those that were complete just now
};

Points part_of(const Points& points, const Shard& shard) {
  Points part;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (shard.has(i)) part.push_back(points[i]);
  return part;
}

void count(const PointResult& result, Tally& tally, experiments::ProgressLine& line) {
  if (!result.failed()) {
    ++tally.complete;
    if (result.ended_by == experiments::Ending::kTime) ++tally.out_of_time;
    return;
  }
  ++tally.failed;
  line.hide();
  say_failed(result);
}

/// Who reads a sweep wants all of it: to go on for nobody, or to claim success, would be wrong.
[[noreturn]] void refuse_closed_output(const Tally& tally) {
  throw sim::ConfigError(
      sim::Where{.file = "standard output", .path = {}},
      fmt::format("was closed after {} of {} points", tally.complete, tally.wanted),
      "read all of it, or write --out results.db");
}

void run_to_standard_output(const Points& points, const ExperimentOptions& o, Tally& tally) {
  experiments::ProgressLine line;
  experiments::RunnerOptions runner = runner_options(o, line);
  runner.collect = false;
  runner.finished = [&](const PointResult& result) {
    line.hide();
    if (!result.failed() && !print(experiments::result_line(result) + '\n'))
      refuse_closed_output(tally);
    count(result, tally, line);
  };
  experiments::run_points(points, runner);
}

/// Of this process alone, or of those that mpirun has started.
void run_on(cluster::Coordinator* coordinator, const Points& points,
            const experiments::RunnerOptions& runner) {
  if (coordinator == nullptr)
    experiments::run_points(points, runner);
  else
    coordinator->run(points, runner);
}

void run_into(store::Store& store, const Points& left, const ExperimentOptions& o,
              cluster::Coordinator* coordinator, Tally& tally) {
  experiments::ProgressLine line;
  experiments::RunnerOptions runner = runner_options(o, line);
  runner.collect = false;
  runner.known = [&](const Point& point, std::size_t n) { return store.known(point, n); };
  runner.ran = [&](const experiments::Replication& replication) { store.keep(replication); };
  runner.finished = [&](const PointResult& result) {
    store.finish(result);
    count(result, tally, line);
  };
  run_on(coordinator, left, runner);
}

void run_into_store(const Points& points, const Shard& shard, const ExperimentOptions& o,
                    cluster::Coordinator* coordinator, Tally& tally) {
  require_name_of_store(o.out, "write --out results.db, and wavesim export results.db");
  store::Store store(o.out, std::filesystem::path(o.file).filename());
  const Points left = store.ask(points, shard);
  tally.complete = tally.wanted - left.size();
  if (const std::size_t former = store.former_points(); former > 0)
    experiments::say("wavesim: note: {} points of before are kept in {}, but not shown\n", former,
                     o.out);
  run_into(store, left, o, coordinator, tally);
}

void say(const Tally& tally, const SweepOptions& o) {
  experiments::say(
      "wavesim: {}{} of {} points{} are in {}{}{}\n", interrupted() ? "interrupted: " : "",
      tally.complete, tally.wanted, o.shard.empty() ? "" : " of shard " + o.shard,
      o.out.empty() ? "standard output" : o.out,
      tally.failed > 0 ? fmt::format("; {} failed", tally.failed) : "",
      tally.out_of_time > 0
          ? fmt::format("; {} ended by most_time, as another machine may not", tally.out_of_time)
          : "");
}

int exit_code_of(const Tally& tally) {
  if (interrupted()) return kInterrupted;
  return tally.failed > 0 ? kSomeFailed : kFine;
}

int sweep_on(cluster::Coordinator* coordinator, const SweepOptions& o) {
  const Points points = points_of(o);
  const Shard shard = o.shard.empty() ? Shard{} : experiments::read_shard(o.shard);
  const Points wanted = part_of(points, shard);
  Tally tally{.wanted = wanted.size()};
  if (o.out.empty())
    run_to_standard_output(wanted, o, tally);
  else
    run_into_store(points, shard, o, coordinator, tally);
  say(tally, o);
  return exit_code_of(tally);
}

void require_what_mpirun_takes(const SweepOptions& o) {
  if (o.out.empty())
    throw sim::ConfigError("mpirun", "the ranks' results have no store", "give --out results.db");
  if (o.jobs > 1)
    throw sim::ConfigError("mpirun", "each rank runs one replication at a time",
                           "start more ranks instead of giving --jobs");
}

int sweep_as_rank(cluster::Ranks& ranks, const SweepOptions& o) {
  if (ranks.rank() > 0)
    return cluster::work_for_rank_0(ranks, &interrupted()) ? kFine : kInternalError;
  cluster::Coordinator coordinator(ranks);  // whatever is wrong, the others are told to stop
  require_what_mpirun_takes(o);
  return sweep_on(&coordinator, o);
}

}  // namespace

int sweep(const SweepOptions& o) {
  const auto ranks = cluster::ranks_of_mpirun();
  return ranks ? sweep_as_rank(*ranks, o) : sweep_on(nullptr, o);
}

}  // namespace commands
