// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/sweep.h"

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <optional>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/results_table.h"
#include "experiments/commands/resume.h"
#include "experiments/commands/signals.h"
#include "experiments/results_json.h"

namespace commands {
namespace {

using experiments::Point;
using experiments::PointResult;
using Points = std::vector<Point>;

/// What is told of a sweep besides its results.
struct Tally {
  std::size_t wanted = 0;
  std::size_t there = 0;  // in the file before this sweep
  std::size_t complete = 0;
  std::size_t failed = 0;
};

Points without(const std::set<std::string>& keys, const Points& points) {
  Points left;
  for (const Point& point : points) {
    if (!keys.contains(point.key)) left.push_back(point);
  }
  return left;
}

/// Where each point goes when it is complete: whatever ends the program leaves those before it.
class Sink {
 public:
  explicit Sink(const std::string& path) : path_(path) {
    if (!path.empty()) file_.open(path, std::ios::binary | std::ios::app);
  }

  /// False once nobody reads any more.
  bool put(const std::string& line) {
    if (path_.empty()) return print(line + '\n');
    errno = 0;
    file_.clear();  // a thread that comes after the failure shall find the same reason
    file_ << line << '\n' << std::flush;
    if (!file_) refuse_to_write(path_);
    return true;
  }

 private:
  std::string path_;
  std::ofstream file_;
};

Tally run_into(Sink& sink, const Points& points, const ExperimentOptions& o) {
  Tally tally;
  experiments::ProgressLine line;
  experiments::RunnerOptions runner = runner_options(o, line);
  runner.finished = [&](const PointResult& result) {
    if (result.failed()) {
      ++tally.failed;
      line.hide();
      fmt::print(stderr, "wavesim: {} failed: {}\n", name_of(result.point), result.error);
      return;
    }
    ++tally.complete;
    if (o.out.empty()) line.hide();
    sink.put(experiments::result_line(result));
  };
  experiments::run_points(points, runner);
  return tally;
}

void say(const Tally& tally, const std::string& out) {
  const std::string place = out.empty() ? "standard output" : out;
  const std::size_t there = tally.there + tally.complete;
  fmt::print(stderr, "wavesim: {}{} of {} points are in {}{}\n",
             interrupted() ? "interrupted: " : "", there, tally.wanted, place,
             tally.failed > 0 ? fmt::format("; {} failed", tally.failed) : "");
}

int exit_code_of(const Tally& tally) {
  if (interrupted()) return kInterrupted;
  return tally.failed > 0 ? kSomeFailed : kFine;
}

}  // namespace

int sweep(const ExperimentOptions& o) {
  const Points points = points_of(o);
  const auto there = o.out.empty() ? std::set<std::string>{} : points_in_results(o.out);
  const Points left = without(there, points);
  Sink sink(o.out);
  Tally tally = run_into(sink, left, o);
  tally.wanted = points.size();
  tally.there = points.size() - left.size();
  say(tally, o.out);
  return exit_code_of(tally);
}

}  // namespace commands
