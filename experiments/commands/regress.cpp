// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/regress.h"

#include <cstdio>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/findings.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/regress.h"
#include "experiments/report/page.h"

namespace commands {
namespace {

std::string table_in(Form form, const experiments::RegressReport& report) {
  if (form == Form::kMarkdown) return experiments::as_markdown(report);
  return form == Form::kJson ? experiments::as_json(report) : experiments::as_text(report);
}

void require_writable_places(const RegressOptions& o) {
  for (const std::string& path : {o.experiment.out, o.accept, o.report}) require_writable(path);
}

/// The runs of the regression are those of the report, as far as they go.
experiments::RegressReport report_for(const RegressOptions& o,
                                      const experiments::RunnerOptions& runner,
                                      Findings& findings) {
  experiments::RunnerOptions keeping = runner;
  keeping.finished = [&](const experiments::PointResult& result) { findings.keep(result); };
  return experiments::regress({.folder = o.experiment.file,
                               .baseline = o.baseline,
                               .settings = settings_of(o.experiment),
                               .runner = keeping});
}

int say_interrupted() {
  std::fputs("wavesim: interrupted; a part of the targets tells nothing\n", stderr);
  return kInterrupted;
}

}  // namespace

/// Without a baseline the table shows what the paper's numbers miss, and that is all: a miss is a
/// finding, not a fault. With one, values may not move.
int regress(const RegressOptions& o) {
  require_writable_places(o);
  experiments::ProgressLine line;
  const experiments::RunnerOptions runner = runner_options(o.experiment, line);
  Findings findings(o.experiment);
  const experiments::RegressReport report = report_for(o, runner, findings);
  if (interrupted()) return say_interrupted();
  line.hide();
  deliver(o.experiment.out, table_in(o.form, report));
  if (!o.accept.empty()) deliver(o.accept, experiments::as_accepted(report));
  if (!o.report.empty()) deliver(o.report, report::page(findings.complete(report, runner)));
  if (interrupted()) return say_interrupted();
  return !o.baseline.empty() && report.failed(true) ? kGateMissed : kFine;
}

}  // namespace commands
