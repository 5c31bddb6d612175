// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/experiment_options.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <thread>

#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/points/machine_file.h"
#include "experiments/policy/policy_library.h"
#include "experiments/text/say.h"
#include "sim/config_error.h"
#include "sim/document.h"
#include "sim/parameters.h"
#include "sim/wording.h"

namespace commands {
namespace {

int cores() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Once for each value, however many points have it.
void note_values_outside_their_range(const std::vector<experiments::Point>& points) {
  std::set<std::string> notes;
  for (const experiments::Point& point : points) {
    for (const sim::Outside& outside : sim::outside_range(point.params)) {
      notes.insert(fmt::format("wavesim: note: {}: {} is outside {} .. {}, where its source ends\n",
                               outside.path, outside.value, outside.low, outside.high));
    }
  }
  for (const std::string& note : notes) std::fputs(note.c_str(), stderr);
}

void note_settings_that_win(const sim::Document& document, const ExperimentOptions& o) {
  for (const std::string& setting : o.assignments)
    for (const std::string& variant : experiments::variants_that_set(document, setting))
      experiments::say("wavesim: note: --set {} wins over what variant {} says\n", setting,
                       variant);
}

/// Said of the option, where the settings that it stands for would be said to be wrong.
void require_usable_policy(const std::string& file) {
  if (file.empty()) return;
  try {
    experiments::PolicyLibrary::open(file);
  } catch (const sim::ConfigError& error) {
    throw sim::ConfigError("--policy", error.wrong(), error.remedy());
  }
}

/// One of the two would be lost without a word.
void require_one_policy(const ExperimentOptions& o) {
  if (o.policy.empty()) return;
  for (const std::string& setting : o.assignments)
    if (setting.starts_with("system.policy.kind=") || setting.starts_with("system.policy.library="))
      throw sim::ConfigError("--policy", "says which policy, and so does --set " + setting,
                             "leave one of them out");
}

}  // namespace

std::vector<std::string> files_read(const ExperimentOptions& o) {
  return {o.file, o.policy, o.machine};
}

std::vector<std::string> settings_of(const ExperimentOptions& o) {
  std::vector<std::string> settings;
  if (!o.policy.empty()) {
    settings.emplace_back("system.policy.kind=loaded");
    settings.push_back("system.policy.library=" + std::filesystem::absolute(o.policy).string());
  }
  settings.insert(settings.end(), o.assignments.begin(), o.assignments.end());
  if (o.check_memory) settings.emplace_back("system.check_memory=true");
  if (o.seed) settings.push_back(fmt::format("run.seed={}", *o.seed));
  if (o.replications) settings.push_back(fmt::format("run.replications={}", *o.replications));
  return settings;
}

void keep_variants(std::vector<experiments::Point>& points,
                   const std::vector<std::string>& variants) {
  const std::vector<std::string> known = experiments::variants_of(points);
  for (const std::string& variant : variants)
    if (std::ranges::find(known, variant) == known.end())
      throw sim::ConfigError("--variant", "no such variant: " + sim::in_quotes(variant),
                             known.empty() ? "the file has none" : sim::suggestion(variant, known));
  std::erase_if(points, [&](const experiments::Point& point) {
    return std::ranges::find(variants, point.variant) == variants.end();
  });
}

std::vector<experiments::Point> points_of(const ExperimentOptions& o) {
  require_one_policy(o);
  require_usable_policy(o.policy);
  const sim::Document document = sim::Document::load(o.file);
  auto points = experiments::expand(document, settings_of(o), experiments::read_machine(o.machine));
  if (!o.out.empty()) require_not_read(o.out, experiments::files_named_in(points));
  if (!o.variants.empty()) keep_variants(points, o.variants);
  note_settings_that_win(document, o);
  note_values_outside_their_range(points);
  return points;
}

experiments::RunnerOptions runner_options(const ExperimentOptions& o,
                                          experiments::ProgressLine& line) {
  return {.jobs = o.jobs > 0 ? o.jobs : cores(),
          .progress = [&line](const experiments::Progress& progress) { line.show(progress); },
          .finished = {},
          .stop = &interrupted()};
}

}  // namespace commands
