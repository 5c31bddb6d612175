// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/regress/regress.h"
#include "experiments/regress/regress_errors.h"
#include "experiments/text/text_table.h"
#include "sim/json_values.h"

namespace experiments {
namespace {

using sim::Json;

/// Enough digits to see a change that matters, without those that do not.
std::string number(double x) {
  return fmt::format("{:.4g}", x);
}

std::string paper_of(const Target& target) {
  std::string range = target.low && target.high
                          ? number(*target.low) + " .. " + number(*target.high)
                          : std::string();
  if (!target.expected) return range;
  return range.empty() ? number(*target.expected) : number(*target.expected) + " (" + range + ")";
}

std::string value_of(const TargetResult& result) {
  if (!result.value) return "-";
  const double half_width = result.value->half_width;
  const bool is_rounding = half_width <= 1e-9 * std::abs(result.value->mean);
  if (!std::isfinite(half_width) || is_rounding) return number(result.value->mean);
  return number(result.value->mean) + " +- " + fmt::format("{:.2g}", half_width);
}

std::string error_of(const TargetResult& result) {
  const auto error = result.error();
  return error ? fmt::format("{:+.1f} %", 100 * *error) : "-";
}

/// Recalled numbers are no judges, so they get another word.
std::string verdict_of(const TargetResult& result) {
  if (result.waits()) return "not modelled yet";
  if (!result.value) return "NO VALUE: " + result.problem;
  if (result.target.gates()) return result.pass() ? "pass" : "MISS";
  return result.pass() ? "inside" : "outside";
}

/// What the comparison with the baseline says.
std::string finding_of(const TargetResult& result) {
  if (result.waits()) return "not modelled yet";
  if (!result.accepted) return result.value ? "new" : verdict_of(result);
  if (!result.value) return "GONE: " + result.problem;
  if (!result.judgement) return result.moved() ? "MOVED (no runs accepted)" : "as accepted";
  switch (result.judgement->finding) {
    case Finding::kEqual:
      return "equal";
    case Finding::kNoise:
      return "noise";
    case Finding::kMoved:
      return "MOVED";
    case Finding::kInexact:
      return result.moved() ? "MOVED (one replication, taken as exact)" : "one replication";
  }
  return {};
}

std::string percent(double share) {
  return fmt::format("{:+.2f} %", 100 * share);
}

std::string change_of(const TargetResult& result) {
  if (!result.accepted || !result.value) return "-";
  const double before = result.accepted->value;
  if (before == result.value->mean) return "0";
  return before == 0 ? "-" : percent((result.value->mean - before) / std::abs(before));
}

std::string chance_of(const TargetResult& result) {
  const auto& j = result.judgement;
  const bool tested = j && (j->finding == Finding::kNoise || j->finding == Finding::kMoved);
  if (!tested) return "-";
  return (j->p < 1e-4 ? "< 0.0001" : fmt::format("{:.2g}", j->p)) + (j->again ? " (2nd look)" : "");
}

std::string sees_of(const TargetResult& result) {
  if (!result.judgement || result.judgement->sees == 0) return "-";
  return fmt::format("{:.1f} %", 100 * result.judgement->sees);
}

std::string accepted_of(const TargetResult& result) {
  return result.accepted ? number(result.accepted->value) : "-";
}

std::string verdict_with_move(const TargetResult& result) {
  if (!result.moved()) return verdict_of(result);
  return verdict_of(result) + ", MOVED from " + number(result.accepted->value);
}

TextTable table_of(const RegressReport& report) {
  TextTable table({"target", "tag", "role", "unit", "paper", "simulation", "error", "verdict"});
  for (const TargetResult& result : report.targets) {
    const Target& target = result.target;
    table.add({target.id, target.tag, target.role, target.unit, paper_of(target), value_of(result),
               error_of(result), verdict_with_move(result)});
  }
  return table;
}

/// What moved, then what is not equal, then the rest, each in the targets' order.
int rank_of(const TargetResult* result) {
  if (result->moved()) return 0;
  return result->judgement && result->judgement->finding != Finding::kEqual ? 1 : 2;
}

std::vector<const TargetResult*> changed_first(const RegressReport& report) {
  std::vector<const TargetResult*> results;
  for (const TargetResult& result : report.targets) results.push_back(&result);
  std::ranges::stable_sort(results, {}, rank_of);
  return results;
}

constexpr const char* kHowItIsJudged =
    "chance: how often noise alone would move the value as far. Over all values together, noise "
    "raises an alarm in at most 5 of 100 comparisons; equal seeds and unchanged code raise none. "
    "sees: the change that is called one in half of the cases.\n\n";

struct Tally {
  int passed = 0;
  int missed = 0;
  int inside = 0;
  int outside = 0;
  int waiting = 0;
};

Tally tally_of(const RegressReport& report) {
  Tally tally;
  for (const TargetResult& result : report.targets) {
    if (!result.target.from)
      tally.waiting += result.waits() ? 1 : 0;
    else if (result.target.gates())
      ++(result.pass() ? tally.passed : tally.missed);
    else
      ++(result.pass() ? tally.inside : tally.outside);
  }
  return tally;
}

std::string summary_of(const RegressReport& report) {
  const Tally t = tally_of(report);
  return fmt::format(
      "gates (S, P): {} passed, {} missed; recalled (R): {} inside, {} outside; "
      "{} not modelled yet{}\n",
      t.passed, t.missed, t.inside, t.outside, t.waiting, report.stopped ? "; stopped early" : "");
}

Json json_of(const TargetResult& result) {
  const Target& target = result.target;
  Json json;
  json["id"] = target.id;
  json["what"] = target.what;
  json["unit"] = target.unit;
  json["tag"] = target.tag;
  json["role"] = target.role;
  json["expected"] = sim::or_null(target.expected);
  json["low"] = sim::or_null(target.low);
  json["high"] = sim::or_null(target.high);
  json["value"] = result.value ? sim::finite_or_null(result.value->mean) : Json();
  json["half_width"] = result.value ? sim::finite_or_null(result.value->half_width) : Json();
  json["error"] = sim::or_null(result.error());
  json["pass"] = result.pass();
  json["gates"] = target.gates() && target.from.has_value();
  json["accepted"] = result.accepted ? Json(result.accepted->value) : Json();
  json["moved"] = result.moved();
  json["finding"] = result.accepted ? Json(finding_of(result)) : Json();
  json["chance"] = result.judgement ? Json(result.judgement->p) : Json();
  json["sees"] = result.judgement ? Json(result.judgement->sees) : Json();
  json["verdict"] = verdict_of(result);
  return json;
}

}  // namespace

std::string as_text(const RegressReport& report) {
  return table_of(report).aligned() + '\n' + summary_of(report) + '\n' + errors_as_text(report) +
         '\n' + error_goals(report);
}

std::string as_markdown(const RegressReport& report) {
  return table_of(report).markdown() + '\n' + summary_of(report) + '\n' +
         errors_as_markdown(report) + '\n' + error_goals(report);
}

std::string changes_as_markdown(const RegressReport& report) {
  TextTable table({"target", "unit", "old", "new", "change", "verdict", "chance", "sees", "paper"});
  int moved = 0;
  for (const TargetResult* result : changed_first(report)) {
    table.add({result->target.id, result->target.unit, accepted_of(*result), value_of(*result),
               change_of(*result), finding_of(*result), chance_of(*result), sees_of(*result),
               verdict_of(*result)});
    moved += result->moved() ? 1 : 0;
  }
  return fmt::format("**{} of {} values moved.**\n\n", moved, report.targets.size()) +
         table.markdown() + "\n" + kHowItIsJudged + summary_of(report);
}

std::string as_json(const RegressReport& report) {
  std::string text;
  for (const TargetResult& result : report.targets) text += json_of(result).dump() + '\n';
  return text;
}

}  // namespace experiments
