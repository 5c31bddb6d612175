// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/explain.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/listing.h"
#include "experiments/commands/one_point.h"
#include "experiments/commands/output.h"
#include "experiments/commands/signals.h"
#include "experiments/story/explain.h"
#include "experiments/story/story_writers.h"
#include "experiments/system/stoppable.h"
#include "sim/config_error.h"
#include "sim/table.h"

namespace commands {
namespace {

using story::Story;
using Stories = std::vector<Story>;

std::vector<std::string> variants_of(const ExplainOptions& o) {
  if (o.compare.empty()) return {o.variant};
  if (!o.variant.empty())
    throw sim::ConfigError("--compare", "names both variants", "leave out --variant");
  return o.compare;
}

/// Fewer after Ctrl-C.
Stories tell(const ExplainOptions& o) try {
  Stories stories;
  for (const std::string& variant : variants_of(o)) {
    const auto point = one_run(o.experiment, variant);
    if (!point || interrupted()) return stories;
    require_not_read(o.html, experiments::files_named_in({*point}));
    stories.push_back(
        story::explain(point->params, point->params.run.seed, o.decision, &interrupted()));
    stories.back().variant = point->variant;
  }
  return stories;
} catch (const experiments::Stopped&) {
  return {};
}

std::string in_words(const ExplainOptions& o, const Stories& stories) {
  std::string text;
  if (o.experiment.json) {
    for (const Story& story : stories) text += story::as_json(story);
    return text;
  }
  if (stories.size() == 1) return story::as_text(stories.front());
  return story::compared_as_text(stories.front(), stories.back());
}

/// A parameter, or some that have a path in common, in place of a file.
bool names_parameters(const std::string& file) {
  if (std::filesystem::exists(file)) return false;
  const sim::Rows all = sim::table<experiments::ExperimentParams>();
  return std::ranges::any_of(all, [&](const sim::Row& row) {
    return row.path == file || row.path.starts_with(file + '.');
  });
}

/// "hello" of "experiments/hello.json".
std::string title_of(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') + 1);
  return "One scheduling decision of " + name.substr(0, name.rfind('.'));
}

}  // namespace

int explain(const ExplainOptions& o) {
  if (names_parameters(o.experiment.file))
    return params({.prefix = o.experiment.file,
                   .form = o.experiment.json ? Form::kJson : Form::kText,
                   .out = o.experiment.out});
  require_writable_apart({o.experiment.out, o.html}, files_read(o.experiment));
  const Stories stories = tell(o);
  if (interrupted()) {
    std::fputs("wavesim: interrupted; nothing is explained\n", stderr);
    return kInterrupted;
  }
  if (!o.html.empty()) deliver(o.html, story::as_html(stories, title_of(o.experiment.file)));
  deliver(o.experiment.out, in_words(o, stories));
  return kFine;
}

}  // namespace commands
