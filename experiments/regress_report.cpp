// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/regress.h"
#include "experiments/text_table.h"

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
  if (!result.target.from) return "not modelled yet";
  if (!result.value) return "NO VALUE: " + result.problem;
  if (result.target.gates()) return result.pass() ? "pass" : "MISS";
  return result.pass() ? "inside" : "outside";
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
      ++tally.waiting;
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

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json finite(double x) {
  return std::isfinite(x) ? Json(x) : Json();
}

Json json_of(const TargetResult& result) {
  const Target& target = result.target;
  Json json;
  json["id"] = target.id;
  json["what"] = target.what;
  json["unit"] = target.unit;
  json["tag"] = target.tag;
  json["role"] = target.role;
  json["expected"] = or_null(target.expected);
  json["low"] = or_null(target.low);
  json["high"] = or_null(target.high);
  json["value"] = result.value ? finite(result.value->mean) : Json();
  json["half_width"] = result.value ? finite(result.value->half_width) : Json();
  json["error"] = or_null(result.error());
  json["pass"] = result.pass();
  json["gates"] = target.gates() && target.from.has_value();
  json["accepted"] = result.accepted ? Json(result.accepted->value) : Json();
  json["moved"] = result.moved();
  json["verdict"] = verdict_of(result);
  return json;
}

}  // namespace

std::string as_text(const RegressReport& report) {
  return table_of(report).aligned() + '\n' + summary_of(report);
}

std::string as_markdown(const RegressReport& report) {
  return table_of(report).markdown() + '\n' + summary_of(report);
}

std::string as_json(const RegressReport& report) {
  std::string text;
  for (const TargetResult& result : report.targets) text += json_of(result).dump() + '\n';
  return text;
}

}  // namespace experiments
