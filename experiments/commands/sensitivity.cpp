// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/sensitivity.h"

#include <cstdio>
#include <filesystem>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/results_table.h"
#include "experiments/commands/signals.h"
#include "experiments/influence/flip.h"
#include "experiments/influence/morris.h"
#include "experiments/influence/sobol.h"
#include "experiments/influence/survival.h"
#include "experiments/influence/tornado.h"
#include "experiments/regress/sensitivity.h"
#include "experiments/store/kept_runs.h"
#include "experiments/text/say.h"
#include "sim/config_error.h"

namespace commands {
namespace {

std::string in_form(const SensitivityOptions& o, const influence::Flips& flips,
                    const influence::Conclusion& claim, const experiments::Point& point) {
  if (o.form == Form::kJson) return as_json(flips, claim, point);
  return o.form == Form::kMarkdown ? as_markdown(flips, claim, point, o.most)
                                   : as_text(flips, claim, point, o.most);
}

/// Of a tornado, a screening or indices.
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
  return o.form == Form::kMarkdown ? experiments::effects_as_markdown(effects, o.most)
                                   : experiments::effects_as_text(effects, o.most);
}

constexpr int kTrajectories = 8;  // of a screening that was not asked for by itself

/// A conclusion that is asked about, and of what experiment.
struct Study {
  influence::Conclusion conclusion;
  std::vector<experiments::Point> points;
  experiments::RunnerOptions runner;

  influence::Model model(const std::vector<influence::Factor>& factors) const {
    return influence::Simulated(conclusion, points, factors, runner);
  }
  /// For methods that do not tell what overloaded systems say from the rest.
  influence::Model model_of_systems_that_keep_up(const std::vector<influence::Factor>& factors) {
    return influence::without_overload(model(factors), factors.size(), left_out);
  }
  std::size_t left_out = 0;
  std::uint64_t seed() const { return points.front().params.run.seed; }
};

/// Of all factors when there are few; else of those that a screening ranks highest, after its
/// table.
std::string of_indices(const SensitivityOptions& o, Study& study,
                       std::vector<influence::Factor> factors) {
  std::string before;
  if (factors.size() > o.top) {
    const int trajectories = o.trajectories > 0 ? o.trajectories : kTrajectories;
    const auto screening = influence::screen(factors, study.model_of_systems_that_keep_up(factors),
                                             trajectories, study.seed());
    factors = influence::highest(screening, o.top);
    if (o.form != Form::kJson) before = in_form(o, screening, study.conclusion) + '\n';
  }
  const auto found = influence::decompose(factors, study.model_of_systems_that_keep_up(factors),
                                          static_cast<std::size_t>(o.rows), study.seed());
  return before + in_form(o, found, study.conclusion);
}

std::string by_method(const SensitivityOptions& o, Study& study) {
  const auto factors = influence::factors_of(study.points, o.over);
  if (o.rows > 0) return of_indices(o, study, factors);
  if (!study.conclusion.is_claim() && o.trajectories == 0)
    return in_form(o, influence::tornado(factors, study.model(factors)), study.conclusion);
  const influence::Model model = study.model_of_systems_that_keep_up(factors);
  if (study.conclusion.is_claim())
    return in_form(o, influence::find_flips(factors, model, {.beyond = o.beyond}), study.conclusion,
                   study.points.front());
  return in_form(o, influence::screen(factors, model, o.trajectories, study.seed()),
                 study.conclusion);
}

std::string of_a_conclusion(const SensitivityOptions& o, const experiments::RunnerOptions& runner) {
  const influence::Conclusion conclusion =
      o.flip.empty() ? influence::read_value(o.value) : influence::read_claim(o.flip);
  Study study{.conclusion = conclusion,
              .points = influence::points_for(conclusion, points_of(o.experiment)),
              .runner = runner};
  std::string text = by_method(o, study);
  if (study.left_out > 0 && !interrupted())
    experiments::say(
        "wavesim: note: {} of the answers are left out: the system does not keep up there, and "
        "what it says is how long the run was\n",
        study.left_out);
  return text;
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

/// By what name its runs are kept: that of the experiment, or of the folder.
std::string study_of(const SensitivityOptions& o) {
  const std::filesystem::path path(o.experiment.file);
  const auto name = path.has_filename() ? path.filename() : path.parent_path().filename();
  return "sensitivity of " + name.string();
}

void say_interrupted(const SensitivityOptions& o, const store::KeptRuns& kept) {
  if (o.store.empty())
    std::fputs(
        "wavesim: interrupted; nothing is kept: with --store runs.db the same command would go "
        "on from here\n",
        stderr);
  else
    experiments::say(
        "wavesim: interrupted; {} more runs are in {}: the same command goes on from here\n",
        kept.added(), o.store);
}

}  // namespace

int sensitivity(const SensitivityOptions& o) {
  require_writable(o.experiment.out,
                   {o.experiment.file, o.experiment.machine, o.conclusions, o.store});
  require_name_of_store(o.store, "write --store runs.db, and --json --out for the answer");
  const bool asks = !o.value.empty() || !o.flip.empty() || !o.conclusions.empty();
  sim::require(asks || o.over.empty(), "sensitivity", "of which value is not said",
               "add --value, as in --value 'wave_16/on_host saturation_krps'");
  experiments::ProgressLine line;
  store::KeptRuns kept(o.store, study_of(o));
  experiments::RunnerOptions runner = runner_options(o.experiment, line);
  bool some_failed = false;
  runner.finished = [&](const experiments::PointResult& result) {
    if (!result.failed()) return;
    some_failed = true;
    line.hide();
    say_failed(result);
  };
  runner = kept.keeping(runner);
  std::string text;
  try {
    text = found_by(o, runner);
  } catch (const sim::ConfigError&) {
    if (!interrupted()) throw;  // else values are missing because runs are
  }
  line.hide();
  if (interrupted()) {
    say_interrupted(o, kept);
    return kInterrupted;
  }
  deliver(o.experiment.out, text);
  return some_failed ? kSomeFailed : kFine;
}

}  // namespace commands
