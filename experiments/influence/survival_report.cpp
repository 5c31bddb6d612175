// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/influence/survival.h"
#include "experiments/influence/wording.h"
#include "experiments/text/text_table.h"

namespace influence {
namespace {

using experiments::TextTable;
using Verdicts = std::vector<Verdict>;

/// What the claim speaks of, for people: "0.98 +- 0.01".
std::string value_text(const Conclusion& claim, const Verdict& verdict) {
  sim::Estimate value = verdict.margin;
  value.mean = claim.bound + claim.side * value.mean;
  return text_of(value);
}

/// A finding's claims among all of its study, one after the other.
struct Part {
  const Finding& finding;
  const std::vector<Conclusion>& claims;
  std::size_t from;

  /// The worst of them, in the order of the cases.
  std::size_t worst(const Verdicts& verdicts) const {
    const auto rank = [&](std::size_t i) {
      switch (verdicts[from + i].fate) {
        case Fate::kBroken:
          return 0;
        case Fate::kOpen:
          return 1;
        case Fate::kOverloaded:
          return 2;
        case Fate::kFailed:
          return 3;
        case Fate::kImpossible:
          return 4;
        case Fate::kHolds:
          break;
      }
      return 5;
    };
    std::size_t found = 0;
    for (std::size_t i = 1; i < claims.size(); ++i)
      if (rank(i) < rank(found)) found = i;
    return found;
  }
  Fate fate(const Verdicts& verdicts) const { return verdicts[from + worst(verdicts)].fate; }
  /// "0.98 +- 0.01 (a/b v > 1)"
  std::string why(const Verdicts& verdicts) const {
    const std::size_t i = worst(verdicts);
    return fmt::format("{} ({})", value_text(claims[i], verdicts[from + i]), claims[i].text());
  }
};

std::vector<Part> parts_of(const StudyResult& result) {
  std::vector<Part> parts;
  std::size_t from = 0;
  for (std::size_t i = 0; i < result.claims.size(); ++i) {
    parts.push_back({result.study.findings[i], result.claims[i], from});
    from += result.claims[i].size();
  }
  return parts;
}

std::string word_for(Fate fate) {
  switch (fate) {
    case Fate::kHolds:
      return "holds";
    case Fate::kBroken:
      return "broken";
    case Fate::kOpen:
      return "open";
    case Fate::kOverloaded:
      return "overloaded";
    case Fate::kFailed:
      return "a run failed";
    case Fate::kImpossible:
      break;
  }
  return "no such machine";
}

/// How many inputs do what to a finding; by the worse of their two ends.
struct Tally {
  int broken = 0;
  int open = 0;
  int overloaded = 0;
  int failed = 0;
  int impossible = 0;
  int holds = 0;
  int idle = 0;

  Tally(const Part& part, const std::vector<Trial>& trials) {
    for (const Trial& trial : trials) {
      if (!trial.matters) {
        ++idle;
        continue;
      }
      const auto is = [&](Fate fate) {
        return std::ranges::any_of(trial.ends,
                                   [&](const Verdicts& v) { return part.fate(v) == fate; });
      };
      ++(is(Fate::kBroken)       ? broken
         : is(Fate::kOpen)       ? open
         : is(Fate::kOverloaded) ? overloaded
         : is(Fate::kFailed)     ? failed
         : is(Fate::kImpossible) ? impossible
                                 : holds);
    }
  }
};

TextTable findings_table(const std::vector<StudyResult>& results) {
  TextTable table({"experiment", "conclusion", "at the defaults", "broken by", "open for",
                   "overloaded", "a run failed", "no such machine", "survives", "not touched by"});
  for (const StudyResult& result : results)
    for (const Part& part : parts_of(result)) {
      const Tally tally(part, result.survival.trials);
      const Verdicts& now = result.survival.at_default;
      table.add({result.study.experiment, part.finding.name,
                 word_for(part.fate(now)) + ": " + part.why(now), std::to_string(tally.broken),
                 std::to_string(tally.open), std::to_string(tally.overloaded),
                 std::to_string(tally.failed), std::to_string(tally.impossible),
                 std::to_string(tally.holds), std::to_string(tally.idle)});
    }
  return table;
}

/// One row for each end of an input that a finding does not survive.
TextTable broken_table(const std::vector<StudyResult>& results) {
  TextTable table({"parameter", "tag", "range", "default", "at", "experiment", "conclusion",
                   "becomes", "value (claim)"});
  for (const StudyResult& result : results)
    for (const Trial& trial : result.survival.trials)
      for (const Part& part : parts_of(result))
        for (const std::size_t end : {0u, 1u}) {
          const Verdicts& verdicts = trial.ends[end];
          const Fate fate = part.fate(verdicts);
          if (!trial.matters || (fate != Fate::kBroken && fate != Fate::kOpen)) continue;
          const Factor& f = trial.factor;
          table.add({f.path, std::string(1, f.tag), range_text(f), f.default_text,
                     end == 0 ? f.low_text : f.high_text, result.study.experiment,
                     part.finding.name, word_for(fate), part.why(verdicts)});
        }
  return table;
}

std::string measured(const std::vector<StudyResult>& results) {
  std::string text;
  for (const StudyResult& result : results)
    text += fmt::format("{}: {}.\n", result.study.experiment, result.study.how);
  return text;
}

}  // namespace

std::string as_text(const std::vector<StudyResult>& results) {
  return findings_table(results).aligned() + '\n' + broken_table(results).aligned() + '\n' +
         measured(results);
}

std::string as_markdown(const std::vector<StudyResult>& results) {
  return findings_table(results).markdown() + '\n' + broken_table(results).markdown() + '\n' +
         measured(results);
}

std::string as_json(const std::vector<StudyResult>& results) {
  auto all = sim::Json::array();
  for (const StudyResult& result : results)
    for (const Trial& trial : result.survival.trials)
      for (const Part& part : parts_of(result))
        for (const std::size_t end : {0u, 1u})
          for (std::size_t i = 0; i < part.claims.size(); ++i) {
            const Verdict& verdict = trial.ends[end][part.from + i];
            all.push_back({{"path", trial.factor.path},
                           {"tag", std::string(1, trial.factor.tag)},
                           {"at", end == 0 ? trial.factor.low_text : trial.factor.high_text},
                           {"experiment", result.study.experiment},
                           {"finding", part.finding.name},
                           {"claim", part.claims[i].text()},
                           {"matters", trial.matters},
                           {"fate", word_for(verdict.fate)},
                           {"margin", verdict.margin.mean},
                           {"half_width", verdict.margin.half_width},
                           {"replications", verdict.margin.n}});
          }
  return all.dump(2) + '\n';
}

}  // namespace influence
