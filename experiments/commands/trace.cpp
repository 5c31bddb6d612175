// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/trace.h"

#include <cstdio>
#include <fmt/format.h>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/one_point.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/story/trace_run.h"
#include "sim/trace_writers.h"

namespace commands {
namespace {

std::string summary(const std::string& file, const sim::TraceLog& log,
                    const story::TracedRun& run) {
  std::string text = fmt::format(
      "{}: {} tracks, {} spans, {} arrows, {} instants, {} counter values; trace hash {:016x}\n",
      file, log.tracks().size(), log.spans().size(), log.arrows().size(), log.instants().size(),
      log.samples().size(), run.trace_hash);
  if (log.spans().empty())
    text += "nothing happens in this span: choose another one with --from and --for\n";
  if (log.dropped() > 0)
    text += fmt::format("{} records more than fit were left out: trace a shorter span\n",
                        log.dropped());
  return text;
}

}  // namespace

int trace(const TraceOptions& o) {
  const sim::Time begin{duration_of("--from", o.from)};
  const story::Window window{begin, begin + duration_of("--for", o.span)};
  require_writable(o.experiment.out, files_read(o.experiment));
  const auto point = one_run(o.experiment, o.variant);
  sim::TraceLog log;
  story::TracedRun run;
  if (point)
    run = story::trace_run(point->params, point->params.run.seed, window, log, &interrupted());
  if (interrupted()) {
    std::fputs("wavesim: interrupted; no trace is written\n", stderr);
    return kInterrupted;
  }
  sim::save_trace(log, o.experiment.out);
  print(summary(o.experiment.out, log, run));
  return kFine;
}

}  // namespace commands
