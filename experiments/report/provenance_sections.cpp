// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/report/html.h"
#include "experiments/report/sections.h"

// The parts from which somebody else can find the same again.

namespace report {
namespace {

std::string pretty(const std::string& json) {
  return sim::Json::parse(json).dump(2);
}

std::string seeds_of(const Record& record) {
  if (record.runs.empty()) return "–";
  const auto first = record.runs.front().seed;
  const auto last = record.runs.back().seed;
  return first == last ? fmt::format("{}", first) : fmt::format("{} to {}", first, last);
}

std::string hashes_of(const Record& record) {
  std::vector<std::string> hashes;
  for (const RunId& run : record.runs) hashes.push_back(run.trace_hash);
  return fmt::format("{}", fmt::join(hashes, " "));
}

std::string state_of(const Record& record) {
  if (!record.error.empty()) return "failed: " + record.error;
  const std::string state = record.unstable ? "overloaded" : "complete";
  return record.ended_by == "time" ? state + ", ended by its time" : state;
}

std::string points_table(const Records& records) {
  std::vector<Line> lines;
  for (const Record& record : records)
    lines.push_back({{escaped(name_of(record))},
                     {escaped(record.key), "name"},
                     {escaped(seeds_of(record)), "number"},
                     {escaped(state_of(record))},
                     {escaped(hashes_of(record)), "hash"}});
  return table({"point", "hash of the experiment", "seeds", "state", "trace hashes"}, lines);
}

std::string versions_of(const Records& records) {
  return fmt::format("{}", fmt::join(different(records, &Record::version), ", "));
}

/// Each variant's first point; what else is swept differs, and the table of points says how.
std::string experiments_of(const std::string& source, const Records& records) {
  std::string parts;
  for (const std::string& variant : variants_of(records)) {
    const auto first = std::ranges::find(records, variant, &Record::variant);
    std::string name = source;
    if (!variant.empty()) name.append(", ").append(variant);
    parts += folded(name, pretty(first->experiment), "class=\"json\"");
  }
  return parts;
}

}  // namespace

std::string resolved_experiments(const Findings& f) {
  std::string parts;
  for (const std::string& source : sources_of(f.records))
    parts += experiments_of(source, from_source(f.records, source));
  return parts.empty() ? ""
                       : element("p",
                                 "Every parameter as it was, of each variant's first point. A file "
                                 "with this text is an experiment: wavesim run takes it.",
                                 "class=\"dim\"") +
                             parts;
}

std::string provenance(const Findings& f) {
  std::string parts;
  for (const std::string& source : sources_of(f.records)) {
    const Records records = from_source(f.records, source);
    const std::string summary = fmt::format("{}: {} by wavesim {}", source,
                                            points_text(records.size()), versions_of(records));
    parts +=
        element("details", element("summary", escaped(summary)) + points_table(records)) + '\n';
  }
  return parts.empty() ? ""
                       : element("p",
                                 "The same version, experiment and seed give the same trace hash, "
                                 "on any machine and with any number of jobs.",
                                 "class=\"dim\"") +
                             parts;
}

}  // namespace report
