// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/regress.h"

#include <cstdio>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/regress.h"

namespace commands {
namespace {

std::string table_in(Form form, const experiments::RegressReport& report) {
  if (form == Form::kMarkdown) return experiments::as_markdown(report);
  return form == Form::kJson ? experiments::as_json(report) : experiments::as_text(report);
}

void require_writable_places(const RegressOptions& o) {
  for (const std::string& path : {o.experiment.out, o.accept, o.report}) require_writable(path);
}

experiments::RegressReport report_for(const RegressOptions& o) {
  experiments::ProgressLine line;
  return experiments::regress({.folder = o.experiment.file,
                               .baseline = o.baseline,
                               .settings = settings_of(o.experiment),
                               .runner = runner_options(o.experiment, line)});
}

}  // namespace

/// Without a baseline the table shows what the paper's numbers miss, and that is all: a miss is a
/// finding, not a fault. With one, values may not move.
int regress(const RegressOptions& o) {
  require_writable_places(o);
  const experiments::RegressReport report = report_for(o);
  if (report.stopped) {
    std::fputs("wavesim: interrupted; a part of the targets tells nothing\n", stderr);
    return kInterrupted;
  }
  deliver(o.experiment.out, table_in(o.form, report));
  if (!o.accept.empty()) deliver(o.accept, experiments::as_accepted(report));
  const bool has_baseline = !o.baseline.empty();
  return has_baseline && report.failed(has_baseline) ? kGateMissed : kFine;
}

}  // namespace commands
