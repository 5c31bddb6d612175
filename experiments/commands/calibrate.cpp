// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/calibrate.h"

#include <cstdio>

#include "experiments/calibration/calibrate.h"
#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/system/stoppable.h"
#include "sim/json.h"

namespace commands {
namespace {

/// Errors of what the file says get their place in it.
calibration::Calibration calibrate_to(const sim::Document& document) {
  try {
    return calibration::calibrate(sim::read<calibration::Measurements>(document), &interrupted());
  } catch (const sim::ConfigError& error) {
    if (!error.where().file.empty()) throw;
    throw document.root().locate(error);
  }
}

}  // namespace

int calibrate(const CalibrateOptions& o) try {
  require_writable(o.out, {o.file});
  const sim::Document document = sim::Document::load(o.file);
  const calibration::Calibration found = calibrate_to(document);
  print(o.form == Form::kMarkdown ? calibration::as_markdown(found) : calibration::as_text(found));
  if (!o.out.empty()) deliver(o.out, calibration::as_machine(found, document));
  return kFine;
} catch (const experiments::Stopped&) {
  std::fputs("wavesim: interrupted; no machine is fitted\n", stderr);
  return kInterrupted;
}

}  // namespace commands
