// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/run.h"

#include <algorithm>
#include <fmt/format.h>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/memory_findings.h"
#include "experiments/commands/output.h"
#include "experiments/commands/results_table.h"
#include "experiments/commands/signals.h"
#include "experiments/points/results_json.h"
#include "experiments/text/say.h"
#include "sim/config_error.h"

namespace commands {
namespace {

using experiments::PointResult;
using Results = std::vector<PointResult>;

std::string as_json(const Results& results) {
  std::string lines;
  for (const PointResult& result : results) lines += experiments::result_line(result) + '\n';
  return lines;
}

std::string as_text(const Results& results, std::size_t points) {
  return results_as_text(results, points) + findings_as_text(results);
}

/// A part of the results goes to who looks on, but into no file: nothing there would say that it is
/// a part.
void deliver_results(const ExperimentOptions& o, const Results& results, std::size_t points) {
  if (!o.out.empty() && results.size() < points) return;
  deliver(o.out, o.json ? as_json(results) : as_text(results, points));
}

void say_interrupted(const ExperimentOptions& o, std::size_t complete, std::size_t points) {
  const bool is_missing = !o.out.empty() && complete < points;
  experiments::say("wavesim: interrupted after {} of {} points{}\n", complete, points,
                   is_missing ? fmt::format("; {} is not written", o.out) : "");
}

void say_what_failed(const Results& results) {
  for (const PointResult& result : results)
    if (result.failed()) say_failed(result);
}

int exit_code_of(const Results& results) {
  if (interrupted()) return kInterrupted;
  if (std::ranges::any_of(results, [](const PointResult& r) { return r.failed() && !r.of_policy; }))
    return kSomeFailed;
  if (std::ranges::any_of(results, &PointResult::of_policy)) return kBadInput;
  return std::ranges::any_of(results, found_in_memory) ? kGateMissed : kFine;
}

/// The checker looks at the server that a load is put on.
void require_a_load(const std::vector<experiments::Point>& points) {
  for (const experiments::Point& point : points)
    if (point.params.run.measure != experiments::Measure::kLoad)
      throw sim::ConfigError("--check-memory", "nothing to look at in this kind of measure",
                             "use it with run.measure = load");
}

}  // namespace

int run(const ExperimentOptions& o) {
  const auto points = points_of(o);
  if (o.check_memory) require_a_load(points);
  require_writable(o.out, files_read(o));
  experiments::ProgressLine line;
  const Results results = experiments::run_points(points, runner_options(o, line));
  line.hide();
  deliver_results(o, results, points.size());
  say_what_failed(results);
  if (interrupted()) say_interrupted(o, results.size(), points.size());
  return exit_code_of(results);
}

}  // namespace commands
