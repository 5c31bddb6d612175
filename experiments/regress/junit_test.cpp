// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/junit.h"

#include <gtest/gtest.h>

namespace experiments {
namespace {

TargetResult target(const std::string& id, double value) {
  TargetResult result;
  result.target.id = id;
  result.target.what = "a \"<value>\" & more";
  result.target.unit = "ns";
  result.target.tag = "S";
  result.target.from = TargetSource{.experiment = "e9", .value = "v", .variant = {}};
  result.value = sim::Estimate{.mean = value, .half_width = 0, .n = 3};
  result.runs = {{1, value}, {2, value}, {3, value}};
  return result;
}

RegressReport one_of_each() {
  RegressReport report;
  report.targets = {target("same", 100), target("moved", 103), target("broken", 1),
                    target("later", 1)};
  for (TargetResult& result : report.targets)
    result.accepted = Accepted{.value = 100, .runs = {{"1", 100}, {"2", 100}, {"3", 100}}};
  report.targets[2].value.reset();
  report.targets[2].problem = "e9 failed: \x01<no>";
  report.targets[3].target.from.reset();
  compare(report.targets);
  return report;
}

const std::string& xml() {
  static const std::string text =
      as_junit(one_of_each(), {.started = "2026-11-26T18:30:00", .host = "a&b", .seconds = 1.25});
  return text;
}

void expect(const std::string& part) {
  EXPECT_NE(xml().find(part), std::string::npos) << part << " is not in\n" << xml();
}

TEST(Junit, CountsWhatItLists) {
  expect(
      "timestamp=\"2026-11-26T18:30:00\" hostname=\"a&amp;b\" tests=\"4\" failures=\"1\" "
      "errors=\"1\" skipped=\"1\" time=\"1.250\">");
}

TEST(Junit, AFailureHasTheNumbers) {
  expect(
      "name=\"moved\" time=\"0\"><failure type=\"moved\" message=\"moved: 100 ns before, 103 ns "
      "now (+3.00 %); by chance with probability 0, over 3 runs or more\">"
      "a &quot;&lt;value&gt;&quot; &amp; more</failure></testcase>");
}

TEST(Junit, TellsBrokenAndMissingFromMoved) {
  expect("<testcase classname=\"wavesim.e9\" name=\"same\" time=\"0\"/>");
  expect("<error type=\"no value\" message=\"e9 failed: ?&lt;no&gt;\"/>");
  expect("<testcase classname=\"wavesim.none\" name=\"later\" time=\"0\"><skipped/></testcase>");
}

TEST(Junit, HasWhatAntsSchemaWantsInItsOrder) {
  std::size_t at = 0;
  for (const char* part :
       {"<?xml", "<testsuites>", "<testsuite id=\"0\" package=\"wavesim\" name=", "<properties/>",
        "<testcase", "<system-out>", "<system-err/>", "</testsuite>", "</testsuites>"}) {
    const std::size_t next = xml().find(part, at);
    ASSERT_NE(next, std::string::npos) << part;
    at = next;
  }
}

}  // namespace
}  // namespace experiments
