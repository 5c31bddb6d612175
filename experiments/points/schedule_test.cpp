// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/schedule.h"

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
  return {.run = run, .wall_seconds = 1};
}

KnownRun known(double value) {
  return {.run = *found(value).run, .wall_seconds = 1};
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

PrecisionParams unreachable(sim::Duration most_time) {
  return {.value = "x", .half_width = 1e-9, .most = 100, .most_time = most_time};
}

// Each run takes a second. Rounds would end at 3, 5, 8 and 12.
TEST(Precision, EndsWhenItsTimeIsSpent) {
  using std::chrono::seconds;
  const auto runs_in = [](sim::Duration most_time) {
    std::vector<PointResult> results;
    const std::size_t runs =
        run_all(made_up_points(1, 3, unreachable(most_time)), alternating, &results);
    EXPECT_EQ(results[0].ended_by, Ending::kTime);
    EXPECT_EQ(results[0].runs.size(), runs);
    return runs;
  };
  EXPECT_EQ(runs_in(seconds{10}), 10u) << "the last round is cut short";
  EXPECT_EQ(runs_in(seconds{8}), 8u);
  EXPECT_EQ(runs_in(sim::Duration{5'999'999'999'999}), 5u);
  EXPECT_EQ(runs_in(seconds{1}), 3u) << "run.replications are done in any case";
}

TEST(Precision, SaysWhatEndedAPoint) {
  const auto ended_by = [](const PrecisionParams& precision) {
    std::vector<PointResult> results;
    run_all(made_up_points(1, 3, precision), alternating, &results);
    return results[0].ended_by;
  };
  EXPECT_EQ(ended_by({"x", 0.14, 100, std::chrono::hours{1}}), Ending::kPrecision);
  EXPECT_EQ(ended_by({"x", 1e-9, 10, std::chrono::hours{1}}), Ending::kReplications);
  EXPECT_EQ(ended_by({"x", 1e-9, 10}), Ending::kReplications);
  std::vector<PointResult> results;
  run_all(made_up_points(1, 3), alternating, &results);
  EXPECT_FALSE(results[0].ended_by);
}

TEST(Precision, CountsTheTimeThatKnownRunsTook) {
  const auto points = made_up_points(1, 3, unreachable(std::chrono::seconds{6}));
  RunnerOptions options;
  options.known = [](const Point&, std::size_t replication) {
    return replication < 4 ? std::optional(known(alternating(replication))) : std::nullopt;
  };
  Schedule schedule(points, options);
  std::size_t runs = 0;
  while (const auto job = schedule.take()) {
    schedule.finish(*job, found(alternating(job->replication)));
    ++runs;
  }
  EXPECT_EQ(runs, 2u);
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
    return replication < 6 ? std::optional(known(alternating(replication))) : std::nullopt;
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
  options.known = [](const Point&, std::size_t) { return known(1); };
  Schedule schedule(points, options);
  EXPECT_TRUE(schedule.over());
  EXPECT_EQ(schedule.end().size(), 2u);
}

}  // namespace
}  // namespace experiments
