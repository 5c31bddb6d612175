// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/sensitivity.h"

#include <cstdio>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/influence/flip.h"
#include "experiments/influence/morris.h"
#include "experiments/influence/survival.h"
#include "experiments/influence/tornado.h"
#include "experiments/sensitivity.h"
#include "sim/config_error.h"

namespace commands {
namespace {

std::string in_form(const SensitivityOptions& o, const influence::Flips& flips,
                    const influence::Conclusion& claim, const experiments::Point& point) {
  if (o.form == Form::kJson) return as_json(flips, claim, point);
  return o.form == Form::kMarkdown ? as_markdown(flips, claim, point)
                                   : as_text(flips, claim, point);
}

/// Of a tornado or a screening.
std::string in_form(const SensitivityOptions& o, const auto& found,
                    const influence::Conclusion& conclusion) {
  if (o.form == Form::kJson) return as_json(found, conclusion);
  return o.form == Form::kMarkdown ? as_markdown(found, conclusion, o.most)
                                   : as_text(found, conclusion, o.most);
}

std::string of_the_paper(const SensitivityOptions& o, const experiments::RunnerOptions& runner) {
  const std::vector<experiments::Effect> effects =
      experiments::sensitivity({.folder = o.experiment.file,
                                .settings = settings_of(o.experiment),
                                .runner = runner,
                                .machine = o.experiment.machine});
  if (o.form == Form::kJson) return experiments::effects_as_json(effects);
  return o.form == Form::kMarkdown ? experiments::effects_as_markdown(effects)
                                   : experiments::effects_as_text(effects);
}

std::string of_a_conclusion(const SensitivityOptions& o, const experiments::RunnerOptions& runner) {
  const influence::Conclusion conclusion =
      o.flip.empty() ? influence::read_value(o.value) : influence::read_claim(o.flip);
  const auto points = influence::points_for(conclusion, points_of(o.experiment));
  const auto factors = influence::factors_of(points, o.over);
  const influence::Model model = influence::Simulated(conclusion, points, factors, runner);
  if (conclusion.is_claim())
    return in_form(o, influence::find_flips(factors, model, {.beyond = o.beyond}), conclusion,
                   points.front());
  const std::uint64_t seed = points.front().params.run.seed;
  if (o.trajectories > 0)
    return in_form(o, influence::screen(factors, model, o.trajectories, seed), conclusion);
  return in_form(o, influence::tornado(factors, model), conclusion);
}

/// In the folder that --conclusions goes with, each with its own settings and then the user's.
std::string of_many_conclusions(const SensitivityOptions& o,
                                const experiments::RunnerOptions& runner) {
  std::vector<influence::StudyResult> results;
  for (const influence::FindingStudy& study : influence::read_findings(o.conclusions)) {
    ExperimentOptions experiment = o.experiment;
    experiment.file = o.experiment.file + '/' + study.experiment + ".json";
    experiment.assignments = study.settings;
    experiment.assignments.insert(experiment.assignments.end(), o.experiment.assignments.begin(),
                                  o.experiment.assignments.end());
    results.push_back(influence::try_study(study, points_of(experiment), o.over, runner));
    if (interrupted()) return {};
  }
  if (o.form == Form::kJson) return influence::as_json(results);
  return o.form == Form::kMarkdown ? influence::as_markdown(results) : influence::as_text(results);
}

std::string found_by(const SensitivityOptions& o, const experiments::RunnerOptions& runner) {
  if (!o.conclusions.empty()) return of_many_conclusions(o, runner);
  return o.value.empty() && o.flip.empty() ? of_the_paper(o, runner) : of_a_conclusion(o, runner);
}

}  // namespace

int sensitivity(const SensitivityOptions& o) {
  require_writable(o.experiment.out);
  const bool asks = !o.value.empty() || !o.flip.empty() || !o.conclusions.empty();
  sim::require(asks || (o.over.empty() && o.trajectories == 0), "sensitivity",
               "of which value is not said",
               "add --value, as in --value 'wave_16/on_host saturation_krps'");
  experiments::ProgressLine line;
  const experiments::RunnerOptions runner = runner_options(o.experiment, line);
  std::string text;
  try {
    text = found_by(o, runner);
  } catch (const sim::ConfigError&) {
    if (!interrupted()) throw;  // else values are missing because runs are
  }
  if (interrupted()) {
    std::fputs("wavesim: interrupted; a part of the parameters tells nothing\n", stderr);
    return kInterrupted;
  }
  line.hide();
  deliver(o.experiment.out, text);
  return kFine;
}

}  // namespace commands
