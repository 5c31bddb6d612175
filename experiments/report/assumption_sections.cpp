// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/measure/experiment.h"
#include "experiments/report/coordinates.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"
#include "sim/json.h"
#include "sim/json_values.h"
#include "sim/table.h"

// The parts that say what results rest on: what was changed, and what is a guess.

namespace report {
namespace {

using experiments::ExperimentParams;
using sim::Json;
using Names = std::vector<std::string>;

/// Text of every leaf, by its dotted path.
using Leaves = std::map<std::string, std::string>;

constexpr std::size_t kMostTexts = 4;  // of one path, before it says from where to where

void add_leaves(const Json& json, const std::string& path, Leaves& leaves) {
  if (json.is_object() && !json.empty()) {
    for (const auto& [name, member] : json.items())
      add_leaves(member, path.empty() ? name : fmt::format("{}.{}", path, name), leaves);
  } else {
    leaves[path] = sim::bare_text(json);
  }
}

Leaves leaves_of(const Json& json) {
  Leaves leaves;
  add_leaves(json, "", leaves);
  return leaves;
}

/// What the records of one experiment have at each path.
class Values {
 public:
  explicit Values(const Records& records) {
    for (const Record& record : records) all_.push_back(leaves_of(Json::parse(record.experiment)));
  }

  Names paths() const {
    std::set<std::string> paths;
    for (const Leaves& leaves : all_)
      for (const auto& [path, text] : leaves) paths.insert(path);
    return {paths.begin(), paths.end()};
  }

  /// Different texts, in order.
  Names at(const std::string& path) const {
    Names texts;
    for (const Leaves& leaves : all_) {
      const auto found = leaves.find(path);
      const std::string text = found == leaves.end() ? "–" : found->second;
      experiments::add_once(texts, text);
    }
    return texts;
  }

 private:
  std::vector<Leaves> all_;
};

std::string in_short(const Names& texts) {
  if (texts.size() > kMostTexts)
    return fmt::format("{} .. {} ({} values)", texts.front(), texts.back(), texts.size());
  return fmt::format("{}", fmt::join(texts, "; "));
}

/// Each variant's own value where variants differ, or else what the sweep gives it.
std::string values_text(const Records& records, const Values& values, const std::string& path) {
  const Names texts = values.at(path);
  const Names variants = variants_of(records);
  const Names swept = swept_paths_of(records);
  if (texts.size() == 1) return texts.front();
  if (std::ranges::find(swept, path) != swept.end() || variants.size() < 2 ||
      variants.size() > kMostTexts)
    return in_short(texts);
  std::string by_variant;
  for (const std::string& variant : variants) {
    Records own;
    std::ranges::copy_if(records, std::back_inserter(own),
                         [&](const Record& r) { return r.variant == variant; });
    if (!by_variant.empty()) by_variant += "; ";
    by_variant += variant + ": " + in_short(Values(own).at(path));
  }
  return by_variant;
}

std::map<std::string, sim::Row> rows_by_path() {
  std::map<std::string, sim::Row> rows;
  for (const sim::Row& row : sim::table(ExperimentParams{})) rows[row.path] = row;
  return rows;
}

Line difference(const std::string& path, const std::string& fallback, const std::string& text,
                const std::map<std::string, sim::Row>& rows) {
  const auto row = rows.find(path);
  return {{escaped(path), "name"},
          {escaped(fallback)},
          {escaped(text)},
          {row == rows.end() ? "" : escaped(row->second.meaning)}};
}

std::vector<Line> differences_in(const Records& records) {
  static const Leaves kDefaults = leaves_of(sim::write(ExperimentParams{}));
  const std::map<std::string, sim::Row> rows = rows_by_path();
  const Values values(records);
  std::vector<Line> lines;
  for (const std::string& path : values.paths()) {
    const auto fallback = kDefaults.find(path);
    const std::string text = fallback == kDefaults.end() ? "–" : fallback->second;
    const Names found = values.at(path);
    if (found.size() > 1 || found.front() != text)
      lines.push_back(difference(path, text, values_text(records, values, path), rows));
  }
  return lines;
}

bool is_assumed(const sim::Row& row) {
  return row.tag == "A" || row.tag == "R";
}

/// The default stands where the results have no such path: of a part that was not in use.
std::string found_or_default(const Values& values, const sim::Row& row) {
  const Names found = values.at(row.path);
  return found == Names{"–"} ? row.fallback : in_short(found);
}

}  // namespace

std::string differences(const Findings& f) {
  std::string parts;
  for (const std::string& source : sources_of(f.records)) {
    const std::vector<Line> lines = differences_in(from_source(f.records, source));
    if (lines.empty()) continue;
    const std::string summary = fmt::format("{}: {} parameters", source, lines.size());
    parts += element("details", element("summary", escaped(summary)) +
                                    table({"parameter", "default", "here", "meaning"}, lines)) +
             '\n';
  }
  return parts.empty()
             ? ""
             : element("p", "Everything else is as wavesim params lists it.", "class=\"dim\"") +
                   parts;
}

std::string assumptions(const Findings& f) {
  if (f.records.empty()) return {};
  const Values values(f.records);
  std::vector<Line> lines;
  for (const sim::Row& row : sim::table(ExperimentParams{})) {
    if (!is_assumed(row)) continue;
    lines.push_back({{escaped(row.path), "name"},
                     {escaped(found_or_default(values, row)), "number"},
                     {escaped(row.range), "number"},
                     {escaped(row.tag)},
                     {escaped(row.meaning)},
                     {escaped(row.source)}});
  }
  const std::string summary =
      fmt::format("{} parameters are assumed (A) or recalled (R)", lines.size());
  return element("details",
                 element("summary", summary) +
                     table({"parameter", "value", "range", "tag", "meaning", "source"}, lines));
}

}  // namespace report
