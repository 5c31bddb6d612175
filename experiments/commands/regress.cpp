// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/regress.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/findings.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/points/results_json.h"
#include "experiments/regress/junit.h"
#include "experiments/regress/regress.h"
#include "experiments/report/page.h"

namespace commands {
namespace {

using Clock = std::chrono::system_clock;

std::string table_in(const RegressOptions& o, const experiments::RegressReport& report) {
  if (o.form == Form::kMarkdown)
    return o.baseline.empty() ? experiments::as_markdown(report)
                              : experiments::changes_as_markdown(report);
  return o.form == Form::kJson ? experiments::as_json(report) : experiments::as_text(report);
}

/// Targets, the experiments that they name, and the machine that is laid under these.
std::vector<std::string> files_read(const RegressOptions& o) {
  const std::string targets = o.experiment.file + "/targets.json";
  std::vector<std::string> files{targets, o.experiment.machine};
  for (const experiments::Target& target : experiments::load_targets(targets))
    if (target.from) files.push_back(o.experiment.file + '/' + target.from->experiment + ".json");
  return files;
}

/// A baseline may be replaced by what is accepted now, and by nothing else.
void require_writable_places(const RegressOptions& o) {
  require_writable_apart({o.experiment.out, o.report, o.junit, o.accept}, files_read(o));
  for (const std::string& path : {o.experiment.out, o.report, o.junit})
    require_writable(path, {o.baseline});
}

/// What a report draws is run beside it.
experiments::RegressReport report_for(const RegressOptions& o,
                                      const experiments::RunnerOptions& runner,
                                      Findings& findings) {
  experiments::RunnerOptions keeping = runner;
  keeping.finished = [&](const experiments::PointResult& result) { findings.keep(result); };
  return experiments::regress(
      {.folder = o.experiment.file,
       .baseline = o.baseline,
       .settings = settings_of(o.experiment),
       .runner = keeping,
       .machine = o.experiment.machine,
       .beside = o.report.empty() ? std::vector<experiments::Point>{} : findings.curves()});
}

experiments::TestRun test_run(Clock::time_point begin) {
  const std::time_t started = Clock::to_time_t(begin);
  std::tm utc{};
  gmtime_r(&started, &utc);
  char text[32] = {};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  const std::chrono::duration<double> took = Clock::now() - begin;
  return {.started = text, .host = experiments::Environment::here(1).host, .seconds = took.count()};
}

int say_interrupted(const char* without) {
  std::fprintf(stderr, "wavesim: interrupted; %s\n", without);
  return kInterrupted;
}

/// Targets are run first, then what a report needs; a comparison looks at some of them again.
bool is_whole(const RegressOptions& o, const experiments::RegressReport& report) {
  return !report.stopped ||
         (o.baseline.empty() &&
          std::ranges::all_of(report.targets, [](const experiments::TargetResult& result) {
            return result.value || !result.target.from;
          }));
}

}  // namespace

/// Without a baseline the table shows what the paper's numbers miss, and that is all: a miss is a
/// finding, not a fault. With one, values may not move.
int regress(const RegressOptions& o) {
  require_writable_places(o);
  const Clock::time_point begin = Clock::now();
  experiments::ProgressLine line;
  const experiments::RunnerOptions runner = runner_options(o.experiment, line);
  Findings findings(o.experiment);
  const experiments::RegressReport report = report_for(o, runner, findings);
  if (!is_whole(o, report)) return say_interrupted("a part of the targets tells nothing");
  line.hide();
  deliver(o.experiment.out, table_in(o, report));
  if (!o.junit.empty()) deliver(o.junit, experiments::as_junit(report, test_run(begin)));
  if (!o.accept.empty()) deliver(o.accept, experiments::as_accepted(report));
  if (interrupted())
    return say_interrupted("all targets were run, but not what else was asked for");
  if (!o.report.empty()) deliver(o.report, report::page(findings.of(report)));
  return !o.baseline.empty() && report.failed(true) ? kGateMissed : kFine;
}

}  // namespace commands
