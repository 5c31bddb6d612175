// SPDX-License-Identifier: Apache-2.0
#include "experiments/schedule.h"

#include <gtest/gtest.h>
#include <map>

#include "sim/document.h"

namespace experiments {
namespace {

/// Points that nobody simulates: the tests say what each run found.
std::vector<Point> made_up_points(int points, int replications,
                                  std::optional<PrecisionParams> precision = {}) {
  std::vector<Point> made_up(static_cast<std::size_t>(points));
  for (Point& point : made_up) {
    point.params.run.replications = replications;
    point.precision = precision;
  }
  return made_up;
}

Attempt found(double value, const char* name = "x") {
  RunResult run;
  run.values = {{name, value}};
  return {.run = run};
}

/// Runs all of it, each replication with the value that `value_of` gives; says how many that took.
template <class ValueOf>
std::size_t run_all(const std::vector<Point>& points, ValueOf value_of,
                    std::vector<PointResult>* results = nullptr) {
  const RunnerOptions options;
  Schedule schedule(points, options);
  std::size_t runs = 0;
  while (const auto job = schedule.take()) {
    schedule.finish(*job, found(value_of(job->replication)));
    ++runs;
  }
  EXPECT_TRUE(schedule.over());
  auto all = schedule.end();
  if (results != nullptr) *results = std::move(all);
  return runs;
}

double alternating(std::size_t replication) {
  return replication % 2 == 0 ? 9 : 11;
}

TEST(Precision, IsReachedAtOnceByValuesThatAgree) {
  const auto points = made_up_points(1, 3, PrecisionParams{"x", 0.01, 100});
  EXPECT_EQ(run_all(points, [](std::size_t) { return 5.0; }), 3u);
}

TEST(Precision, GoesOnByHalfAsManyUntilTheIntervalIsNarrow) {
  // Of 9 and 11 in turn, the half width of the mean is t s / sqrt(n). It is 28.7 % of the mean for
  // n = 3, 13.6 % for 5 and 8.9 % for 8: so 12 % takes 8, and 14 % takes 5.
  EXPECT_EQ(run_all(made_up_points(1, 3, PrecisionParams{"x", 0.14, 100}), alternating), 5u);
  EXPECT_EQ(run_all(made_up_points(1, 3, PrecisionParams{"x", 0.12, 100}), alternating), 8u);
}

TEST(Precision, EndsWhenItsReplicationsAreSpent) {
  std::vector<PointResult> results;
  EXPECT_EQ(run_all(made_up_points(1, 3, PrecisionParams{"x", 0.0001, 10}), alternating, &results),
            10u);
  EXPECT_EQ(results[0].runs.size(), 10u);
}

TEST(Precision, TakesMoreThanOneRun) {
  EXPECT_EQ(
      run_all(made_up_points(1, 1, PrecisionParams{"x", 0.5, 10}), [](std::size_t) { return 1.0; }),
      2u);
}

TEST(Precision, OfAValueThatDoesNotExistIsAnError) {
  std::vector<PointResult> results;
  run_all(made_up_points(1, 3, PrecisionParams{"y", 0.1, 10}), alternating, &results);
  EXPECT_EQ(results[0].error, "run.precision.value: no run has a value \"y\"; try x");
}

TEST(Precision, DoesNotDependOnWhichRunIsOverFirst) {
  const auto points = made_up_points(2, 3, PrecisionParams{"x", 0.12, 100});
  const RunnerOptions options;
  Schedule schedule(points, options);
  std::vector<Schedule::Job> under_way;
  for (;;) {
    while (const auto job = schedule.take()) under_way.push_back(*job);
    if (under_way.empty()) break;
    const Schedule::Job last = under_way.back();
    under_way.pop_back();
    schedule.finish(last, found(alternating(last.replication)));
  }
  const auto results = schedule.end();
  ASSERT_EQ(results.size(), 2u);
  for (const PointResult& result : results) {
    ASSERT_EQ(result.runs.size(), 8u);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(result.runs[i].values[0].second, alternating(i));
  }
}

TEST(Precision, CountsRunsThatAreKnown) {
  const auto points = made_up_points(1, 3, PrecisionParams{"x", 0.12, 100});
  RunnerOptions options;
  options.known = [](const Point&, std::size_t replication) {
    return replication < 6 ? found(alternating(replication)).run : std::nullopt;
  };
  Schedule schedule(points, options);
  for (const std::size_t expected : {std::size_t{6}, std::size_t{7}}) {
    const auto job = schedule.take();
    ASSERT_TRUE(job);
    EXPECT_EQ(job->replication, expected);
    schedule.finish(*job, found(alternating(expected)));
  }
  EXPECT_TRUE(schedule.over());
}

TEST(Schedule, GivesWhatWasLostToTheNext) {
  const auto points = made_up_points(1, 2);
  const RunnerOptions options;
  Schedule schedule(points, options);
  const auto lost = schedule.take();
  schedule.give_back(*lost);
  EXPECT_EQ(schedule.take()->replication, 0u);
  EXPECT_EQ(schedule.take()->replication, 1u);
  EXPECT_FALSE(schedule.take());
  EXPECT_FALSE(schedule.over());
}

TEST(Schedule, IsOverAtOnceWhenEverythingIsKnown) {
  const auto points = made_up_points(2, 2);
  RunnerOptions options;
  options.known = [](const Point&, std::size_t) { return found(1).run; };
  Schedule schedule(points, options);
  EXPECT_TRUE(schedule.over());
  EXPECT_EQ(schedule.end().size(), 2u);
}

}  // namespace
}  // namespace experiments
