// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/choice.h"

#include <gtest/gtest.h>

#include "sim/config_error.h"

namespace report {
namespace {

constexpr const char* kRate = "workload.arrivals.rate";
constexpr const char* kWorkers = "system.workers";

Record point(const std::string& variant, const std::string& rate, const std::string& workers,
             double p99, bool unstable = false) {
  Record record;
  record.variant = variant;
  record.swept = {{kWorkers, workers}, {kRate, rate}};
  record.unstable = unstable;
  record.values = {{"throughput_krps", {p99 * 3, 1}}, {"p99_us", {p99, 1}}};
  return record;
}

const Records& grid() {
  static const Records kGrid{
      point("host", "200 k/s", "8", 30),      point("host", "100 k/s", "8", 20),
      point("wave", "100 k/s", "8", 21),      point("wave", "200 k/s", "8", 31),
      point("wave", "1 M/s", "8", 900, true), point("wave", "100 k/s", "16", 19)};
  return kGrid;
}

std::vector<std::string> names_in(const CurveChart& chart) {
  std::vector<std::string> names;
  for (const Curve& curve : chart.curves) names.push_back(curve.name);
  return names;
}

std::string refusal(const Choice& choice) {
  try {
    chart_of(grid(), choice);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Choice, IsLatencyOverThroughputAtFirst) {
  const Choice choice = first_choice(grid());
  EXPECT_EQ(choice.x, "throughput_krps");
  EXPECT_EQ(choice.y, "p99_us");
  EXPECT_EQ(first_choice({}).x, "");
}

TEST(Choice, IsOfAValueThatSomePointWhichKeepsUpHas) {
  Records records = grid();
  for (Record& record : records)
    if (!record.unstable) record.values = {{"throughput_krps", {9, 1}}, {"p50_us", {3, 0}}};
  EXPECT_EQ(first_choice(records).y, "p50_us");
  EXPECT_FALSE(first_choice(records).overloaded);
  for (Record& record : records) record.unstable = true;
  EXPECT_TRUE(first_choice(records).overloaded);
}

TEST(Choice, MakesACurveOfWhateverElseDiffersAndSortsItAlongX) {
  const CurveChart chart = chart_of(grid(), {.x = kRate, .y = "p99_us"});
  EXPECT_EQ(names_in(chart),
            (std::vector<std::string>{"host, workers 8", "wave, workers 8", "wave, workers 16"}));
  EXPECT_EQ(chart.curves[0].points[0].x, 100);
  EXPECT_EQ(chart.curves[0].points[1].x, 200);
  EXPECT_EQ(chart.x_label, "workload.arrivals.rate, k/s");
  EXPECT_EQ(chart.y_scale, Axis::Scale::kLinear);
}

TEST(Choice, JoinsPointsAlongTheRateWhenXIsAValue) {
  const CurveChart chart = chart_of(grid(), {.x = "throughput_krps", .y = "p99_us"});
  EXPECT_EQ(chart.curves.size(), 3);
  EXPECT_EQ(chart.curves[1].points[1].x, 93);
}

TEST(Choice, LeavesOutWhatIsOverloadedUnlessAsked) {
  const Choice all{.x = kRate, .y = "p99_us", .by = {}, .where = {}, .overloaded = true};
  const CurveChart chart = chart_of(grid(), all);
  EXPECT_EQ(chart.curves[1].points.back().x, 1000);
  EXPECT_EQ(chart.y_scale, Axis::Scale::kLog);
}

TEST(Choice, TakesOnlyThePointsThatItNames) {
  const Choice some{.x = kRate, .y = "p99_us", .by = {"variant"}, .where = {{kWorkers, "8"}}};
  EXPECT_EQ(names_in(chart_of(grid(), some)), (std::vector<std::string>{"host", "wave"}));
}

TEST(Choice, RefusesToJoinPointsThatSomethingElseTellsApart) {
  EXPECT_EQ(
      refusal({.x = kRate, .y = "p99_us", .by = {"variant"}}),
      "--by: the curve \"wave\" has several points at workload.arrivals.rate = 100; tell them "
      "apart by what differs, or choose some with --where");
}

/// Points that do not say where they lie along x.
TEST(Choice, GivesNoPlaceToPointsThatDoNotSweepX) {
  Records records = grid();
  records.push_back(records.front());
  records.back().swept = {{kRate, "300 k/s"}};
  Choice choice;
  choice.x = kWorkers;
  choice.y = "p99_us";
  const CurveChart chart = chart_of(records, choice);
  EXPECT_TRUE(chart.x_names.empty()) << "numbers";
  for (const std::string& name : names_in(chart))
    EXPECT_EQ(name.find("300 k/s"), name.npos) << name;
}

TEST(Choice, NamesCurvesByWhatTheyHave) {
  Record record = grid().front();
  record.swept = {{kRate, "200 k/s"}};
  EXPECT_EQ(curve_name(record, {kWorkers, kRate, "variant"}), "rate 200 k/s, host");
}

TEST(Choice, DrawsABarForEachPointWhereNothingIsSwept) {
  Records records{point("host", "", "", 20), point("wave", "", "", 900, true),
                  point("wave_16", "", "", 19)};
  for (Record& record : records) record.swept.clear();
  records.back().values.pop_back();
  const Choice choice = first_choice(records);
  EXPECT_EQ(choice.x, "");
  EXPECT_EQ(choice.y, "p99_us");
  const BarChart chart = bars_of(records, choice);
  EXPECT_EQ(chart.caption.title, "p99, µs");
  ASSERT_EQ(chart.bars.size(), 1u) << "of the others one is overloaded, and one has no such value";
  EXPECT_EQ(chart.bars[0].name, "host");
  EXPECT_EQ(chart.bars[0].reading.value, 20);
  EXPECT_EQ(bars_of(records, {.x = {}, .y = "p99_us", .overloaded = true}).bars.size(), 2u);
  EXPECT_EQ(bars_of(records, {.x = {}, .y = "throughput_krps"}).bars.size(), 3u);
  const BarChart named = bars_of(
      records, {.x = {}, .y = "throughput_krps", .by = {}, .where = {{"variant", "wave_16"}}});
  ASSERT_EQ(named.bars.size(), 1u);
  EXPECT_EQ(named.bars[0].name, "wave_16");
  EXPECT_THROW(bars_of(records, {.x = {}, .y = "p98_us"}), sim::ConfigError);
}

TEST(Choice, CountsWhatAFigureDoesNotShow) {
  Records records = grid();
  records[0].values.clear();
  records[1].error = "it broke";
  Record open;
  open.variant = "wave";
  open.swept = {{kWorkers, "16"}, {kRate, "200 k/s"}};
  const LeftOut all = left_out(records, {open}, {.x = kRate, .y = "p99_us"});
  EXPECT_EQ(all.of, 7u);
  EXPECT_EQ(all.open, 1u);
  EXPECT_EQ(all.failed, 1u);
  EXPECT_EQ(all.overloaded, 1u);
  EXPECT_EQ(all.without_value, 1u);
  const LeftOut host = left_out(
      records, {open}, {.x = kRate, .y = "p99_us", .by = {}, .where = {{"variant", "host"}}});
  EXPECT_EQ(host.of, 2u);
  EXPECT_EQ(host.all(), 2u);
  const LeftOut shown =
      left_out(grid(), {}, {.x = kRate, .y = "p99_us", .by = {}, .where = {}, .overloaded = true});
  EXPECT_EQ(shown.all(), 0u);
  EXPECT_EQ(left_out(grid(), {}, {.x = {}, .y = "throughput_krps"}).all(), 0u)
      << "bars leave out latencies alone";
}

TEST(Choice, RefusesNamesThatTheResultsDoNotHave) {
  EXPECT_TRUE(refusal({.x = kRate, .y = "p98_us"}).starts_with("--y: there is no \"p98_us\""));
  EXPECT_TRUE(refusal({.x = "rate", .y = "p99_us"}).starts_with("--x: there is no \"rate\""));
  EXPECT_TRUE(refusal({.x = kRate, .y = "p99_us", .by = {"who"}}).starts_with("--by: there is no"));
  EXPECT_TRUE(refusal({.x = kRate, .y = "p99_us", .by = {}, .where = {{"who", "x"}}})
                  .starts_with("--where: there is no"));
}

}  // namespace
}  // namespace report
