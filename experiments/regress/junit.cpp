// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/junit.h"

#include <algorithm>
#include <fmt/format.h>

#include "experiments/text/markup.h"

namespace experiments {
namespace {

enum class TestOutcome { kPassed, kFailed, kBroken, kSkipped };

TestOutcome outcome_of(const TargetResult& result) {
  if (result.waits()) return TestOutcome::kSkipped;
  if (!result.value) return TestOutcome::kBroken;
  return result.moved() ? TestOutcome::kFailed : TestOutcome::kPassed;
}

std::string message_of(const TargetResult& result) {
  const double before = result.accepted->value;
  std::string message = fmt::format("{}: {:.6g} {} before, {:.6g} {} now", result.target.id, before,
                                    result.target.unit, result.value->mean, result.target.unit);
  if (before != 0) message += fmt::format(" ({:+.2f} %)", 100 * (result.value->mean / before - 1));
  if (!result.judgement) return message + "; farther apart than the confidence of the two";
  if (result.judgement->finding == Finding::kInexact)
    return message + "; one replication, taken as exact";
  return message + fmt::format("; by chance with probability {:.2g}, over {} runs or more",
                               result.judgement->p, result.judgement->runs);
}

std::string body_of(const TargetResult& result) {
  switch (outcome_of(result)) {
    case TestOutcome::kPassed:
      return {};
    case TestOutcome::kSkipped:
      return "<skipped/>";
    case TestOutcome::kBroken:
      return fmt::format(R"(<error type="no value" message="{}"/>)", escaped(result.problem));
    case TestOutcome::kFailed:
      return fmt::format(R"(<failure type="moved" message="{}">{}</failure>)",
                         escaped(message_of(result)), escaped(result.target.what));
  }
  return {};
}

/// Targets of one experiment form a class.
std::string test_case(const TargetResult& result) {
  const std::string experiment = result.target.from ? result.target.from->experiment : "none";
  const std::string head = fmt::format(R"(    <testcase classname="wavesim.{}" name="{}" time="0")",
                                       escaped(experiment), escaped(result.target.id));
  const std::string body = body_of(result);
  return body.empty() ? head + "/>\n" : head + '>' + body + "</testcase>\n";
}

std::ptrdiff_t count(const RegressReport& report, TestOutcome outcome) {
  return std::ranges::count(report.targets, outcome, outcome_of);
}

}  // namespace

std::string as_junit(const RegressReport& report, const TestRun& run) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  xml += fmt::format(
      R"(  <testsuite id="0" package="wavesim" name="regress" timestamp="{}" hostname="{}" )"
      R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}">)",
      escaped(run.started), escaped(run.host.empty() ? "localhost" : run.host),
      report.targets.size(), count(report, TestOutcome::kFailed),
      count(report, TestOutcome::kBroken), count(report, TestOutcome::kSkipped), run.seconds);
  xml += "\n    <properties/>\n";
  for (const TargetResult& result : report.targets) xml += test_case(result);
  xml += "    <system-out>" + escaped(as_text(report)) + "</system-out>\n";
  return xml + "    <system-err/>\n  </testsuite>\n</testsuites>\n";
}

}  // namespace experiments
