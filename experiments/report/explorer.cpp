// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "experiments/report/choice.h"
#include "experiments/report/coordinates.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"

// The figure in which a reader chooses what to see. Without scripts it shows what says most.

namespace report {
namespace {

using sim::Json;
using Names = std::vector<std::string>;

struct SweptPath {
  std::string name;
  Coordinates coordinates;
};

std::vector<SweptPath> swept_in(const Records& records) {
  std::vector<SweptPath> paths;
  for (const std::string& path : swept_paths_of(records))
    paths.push_back({path, coordinates_of(different(
                               records, [&](const Record& r) { return r.swept_text(path); }))});
  return paths;
}

Json json_of(const SweptPath& path) {
  return {{"name", path.name},
          {"label", label_of_path(path.name, path.coordinates.unit)},
          {"labels", path.coordinates.labels}};
}

Json json_of(const Record& record, const std::vector<SweptPath>& paths, const Names& values) {
  Json json{{"variant", record.variant}, {"unstable", record.unstable}};
  json["swept"] = Json::array();
  for (const SweptPath& path : paths) {
    const std::string text = record.swept_text(path.name);
    json["swept"].push_back({path.coordinates.places.at(text), text});
  }
  json["values"] = Json::array();
  for (const std::string& name : values) {
    const auto value = record.value(name);
    json["values"].push_back(value ? Json{value->value, value->half_width} : Json());
  }
  return json;
}

/// "v3" for a value, "p0" for a swept path: what web/explorer.js calls them.
std::string option_for(const std::string& name, const Names& values, const Names& paths) {
  const auto value = std::ranges::find(values, name);
  if (value != values.end()) return 'v' + std::to_string(value - values.begin());
  return 'p' + std::to_string(std::ranges::find(paths, name) - paths.begin());
}

Json experiment_of(const std::string& name, const Records& records) {
  const Names values = values_of(records);
  const Names path_names = swept_paths_of(records);
  const std::vector<SweptPath> paths = swept_in(records);
  const Choice choice = first_choice(records);
  Json json{{"name", name},
            {"variants", variants_of(records).size() > 1},
            {"x", option_for(choice.x, values, path_names)},
            {"y", option_for(choice.y, values, path_names)},
            {"overloaded", choice.overloaded}};
  for (const std::string& value : values)
    json["values"].push_back({{"name", value}, {"label", label_of_value(value)}});
  for (const SweptPath& path : paths) json["paths"].push_back(json_of(path));
  for (const Record& record : records)
    if (record.error.empty()) json["points"].push_back(json_of(record, paths, values));
  return json;
}

}  // namespace

std::string explorer(const Findings& f) {
  Json experiments = Json::array();
  CurveChart still;
  for (const std::string& source : sources_of(f.records)) {
    const Records records = from_source(f.records, source);
    const Choice choice = first_choice(records);
    if (choice.x.empty()) continue;
    if (experiments.empty()) {
      still = chart_of(records, choice);
      still.caption.title = source + ": " + still.caption.title;
    }
    experiments.push_back(experiment_of(source, records));
  }
  if (experiments.empty()) return {};
  return element("p",
                 "Each point is one combination of variant and swept values, its mean over the "
                 "replications, with the 95 % confidence interval as a band.",
                 "class=\"dim\"") +
         element("p", "Drag over a part to zoom, double-click for all.", "class=\"dim tools\"") +
         figure_of(drawn(still), table_of(still), data_element(experiments), "class=\"explorer\"");
}

}  // namespace report
