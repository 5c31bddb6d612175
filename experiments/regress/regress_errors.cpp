// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/regress_errors.h"

#include <cmath>
#include <fmt/format.h>

#include "experiments/text/text_table.h"

namespace experiments {
namespace {

bool states_a_number(const Target& target) {
  return target.expected && *target.expected != 0 && target.unit != "bool";
}

std::string error_text(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

TextTable errors_table(const RegressReport& report) {
  TextTable table({"predictions", "numbers", "inside", "mean error", "worst error", "which",
                   "ranges and yes or no", "inside"});
  for (const bool gated : {true, false}) {
    const ErrorSummary e = errors_of(report, gated);
    const bool any = e.numbers > 0;
    table.add({gated ? "gated (S, P)" : "recalled (R)", std::to_string(e.numbers),
               std::to_string(e.numbers_inside), any ? error_text(e.mean) : "-",
               any ? error_text(e.worst) : "-", any ? e.worst_id : "-", std::to_string(e.others),
               std::to_string(e.others_inside)});
  }
  return table;
}

}  // namespace

ErrorSummary errors_of(const RegressReport& report, bool gated) {
  ErrorSummary summary;
  for (const TargetResult& result : report.targets) {
    const Target& target = result.target;
    if (!result.value || target.role != "prediction" || target.gates() != gated) continue;
    if (!states_a_number(target)) {
      ++summary.others;
      summary.others_inside += result.pass() ? 1 : 0;
      continue;
    }
    ++summary.numbers;
    summary.numbers_inside += result.pass() ? 1 : 0;
    const double error = std::abs(*result.error());
    summary.mean += error;
    if (error < summary.worst) continue;
    summary.worst = error;
    summary.worst_id = target.id;
  }
  if (summary.numbers > 0) summary.mean /= summary.numbers;
  return summary;
}

std::string errors_as_text(const RegressReport& report) {
  return errors_table(report).aligned();
}

std::string errors_as_markdown(const RegressReport& report) {
  return errors_table(report).markdown();
}

std::string error_goals(const RegressReport& report) {
  const ErrorSummary e = errors_of(report, true);
  if (e.numbers == 0) return "no gated prediction has a value\n";
  const auto verdict = [](bool met) { return met ? "met" : "missed"; };
  return fmt::format(
      "goals for gated predictions: mean error at most {:.0f} %: {}, {}; worst at most {:.0f} %: "
      "{}, {}\n",
      100 * kMeanErrorGoal, error_text(e.mean), verdict(e.meets_mean()), 100 * kWorstErrorGoal,
      error_text(e.worst), verdict(e.meets_worst()));
}

}  // namespace experiments
