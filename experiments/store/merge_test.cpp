// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/merge.h"

#include "experiments/store/program.h"
#include "experiments/store/store_bench.h"
#include "sim/config_error.h"

namespace store {
namespace {

namespace fs = std::filesystem;

class Merge : public testing::Test {
 protected:
  ~Merge() override {
    for (const std::string& path : {a_, b_, all_}) fs::remove(path);
  }

  std::string error_of(const std::vector<std::string>& from) const {
    try {
      merge(from, all_);
    } catch (const sim::ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
  void change(const std::string& path, const std::string& sql) const {
    Database(path, Database::Open::kWrite).execute(sql);
  }

  const std::string a_ = scratch_file("a.db");
  const std::string b_ = scratch_file("b.db");
  const std::string all_ = scratch_file("all.db");
};

TEST_F(Merge, OfShardsIsTheSweepOfAllPoints) {
  const auto points = points_with(R"(["20 k/s", "30 k/s", "50 k/s"])");
  EXPECT_EQ((SweepBench{.path = a_, .shard = {1, 2}}.sweep(points)), 2);
  EXPECT_EQ((SweepBench{.path = b_, .shard = {2, 2}}.sweep(points)), 4);
  const Merged merged = merge({b_, a_}, all_);
  EXPECT_EQ(merged.points, 3u);
  EXPECT_EQ(merged.complete, 3u);
  EXPECT_EQ(documents_as_lines(all_), lines_of(points));
  EXPECT_EQ(SweepBench{all_}.sweep(points), 0);
}

TEST_F(Merge, KeepsWhatEndedAPointAndTakesStoresThatDoNotSay) {
  const auto points = two_points(
      {R"(run.precision={"value": "mean_us", "half_width": 1e-9, "most_time": "1 ns"})"});
  SweepBench{.path = a_, .shard = {1, 2}}.sweep(points);
  SweepBench{.path = b_, .shard = {2, 2}}.sweep(points);
  merge({a_, b_}, all_);
  EXPECT_EQ(documents_as_lines(all_), lines_of(points));
  fs::remove(all_);
  for (const std::string& path : {a_, b_}) change(path, "ALTER TABLE points DROP COLUMN ended_by");
  EXPECT_EQ(merge({a_, b_}, all_).complete, 2u);
  EXPECT_EQ(documents_as_lines(all_)[0].find("ended_by"), std::string::npos);
}

TEST_F(Merge, ChangesNothingTheSecondTime) {
  SweepBench{a_}.sweep(two_points());
  merge({a_}, all_);
  const Lines once = documents_as_lines(all_);
  merge({a_, all_, a_}, all_);
  EXPECT_EQ(documents_as_lines(all_), once);
}

TEST_F(Merge, HasRunsOfPointsThatNoStoreHasInFull) {
  SweepBench{.path = a_, .most_runs = 1}.sweep(two_points());
  SweepBench{.path = b_, .shard = {2, 2}}.sweep(two_points());
  EXPECT_EQ(merge({a_, b_}, all_).complete, 1u);
  EXPECT_EQ(SweepBench{all_}.sweep(two_points()), 1);
  EXPECT_EQ(documents_as_lines(all_), lines_of(two_points()));
}

TEST_F(Merge, TakesTheCompletePointWithMoreRunsFromWhicheverStore) {
  const auto three = two_points({"run.replications=3"});
  SweepBench{a_}.sweep(two_points());
  SweepBench{b_}.sweep(three);
  merge({a_, b_}, all_);
  EXPECT_EQ(documents_as_lines(all_), lines_of(three));
  fs::remove(all_);
  merge({b_, a_}, all_);
  EXPECT_EQ(documents_as_lines(all_), lines_of(three));
}

TEST_F(Merge, LosesNoFailureToAPointThatIsOpen) {
  SweepBench{a_}.sweep(two_points());
  SweepBench{b_}.sweep(two_points());
  change(a_, "UPDATE points SET state = 'failed', error = 'why', replications = 0");
  change(b_, "UPDATE points SET state = 'open'");  // has the replications of before
  for (const auto& from : {std::vector{a_, b_}, std::vector{b_, a_}}) {
    merge(from, all_);
    Database all(all_, Database::Open::kRead);
    Statement failed = all.prepare("SELECT count(*) FROM points WHERE error = 'why'");
    ASSERT_TRUE(failed.step());
    EXPECT_EQ(failed.integer(0), 2);
    fs::remove(all_);
  }
}

TEST_F(Merge, PutsFilesBesideEachOther) {
  SweepBench{.path = a_, .file = "a.json"}.sweep(two_points());
  SweepBench{.path = b_, .file = "b.json"}.sweep(points_with(R"(["30 k/s"])"));
  merge({b_, a_}, all_);
  Lines expected = lines_of(two_points());
  expected.push_back(lines_of(points_with(R"(["30 k/s"])")).front());
  EXPECT_EQ(documents_as_lines(all_), expected);
}

TEST_F(Merge, RefusesRunsThatFoundDifferentThingsAndWritesNothing) {
  SweepBench{a_}.sweep(two_points());
  SweepBench{b_}.sweep(two_points());
  for (const char* wrong : {"UPDATE runs SET events = events + 1 WHERE seed = 2",
                            "UPDATE runs SET trace_hash = 'f' WHERE seed = 2"}) {
    change(b_, wrong);
    EXPECT_NE(error_of({a_, b_}).find(" with seed 2 than a store before it; "), std::string::npos);
    EXPECT_FALSE(fs::exists(all_));
    EXPECT_FALSE(fs::exists(all_ + ".partial"));
  }
}

TEST_F(Merge, DoesNotMindThatEqualRunsTookAnotherTime) {
  SweepBench{a_}.sweep(two_points());
  SweepBench{b_}.sweep(two_points());
  change(b_, "UPDATE runs SET wall_seconds = 77");
  EXPECT_EQ(error_of({a_, b_}), "no error");
}

TEST_F(Merge, RefusesResultsOfTwoVersions) {
  SweepBench{a_}.sweep(two_points());
  SweepBench{b_}.sweep(two_points());
  change(b_, "UPDATE points SET version = '0.0.1'");
  EXPECT_EQ(error_of({a_, b_}), b_ +
                                    ": has results of version 0.0.1, and those before it are of "
                                    "version " +
                                    program() + "; merge what one version found");
}

TEST_F(Merge, RefusesAStoreThatIsNotThere) {
  EXPECT_NE(error_of({a_}).find("a.db: cannot be read or written"), std::string::npos);
  EXPECT_FALSE(fs::exists(all_));
}

}  // namespace
}  // namespace store
