// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/sensitivity.h"

#include <cstdio>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/sensitivity.h"

namespace commands {
namespace {

std::vector<experiments::Effect> effects_for(const ExperimentOptions& o) {
  experiments::ProgressLine line;
  return experiments::sensitivity(
      {.folder = o.file, .settings = settings_of(o), .runner = runner_options(o, line)});
}

}  // namespace

int sensitivity(const SensitivityOptions& o) {
  require_writable(o.experiment.out);
  const std::vector<experiments::Effect> effects = effects_for(o.experiment);
  if (interrupted()) {
    std::fputs("wavesim: interrupted; a part of the parameters tells nothing\n", stderr);
    return kInterrupted;
  }
  deliver(o.experiment.out, o.form == Form::kMarkdown ? experiments::effects_as_markdown(effects)
                                                      : experiments::effects_as_text(effects));
  return kFine;
}

}  // namespace commands
