// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/store.h"

#include <fstream>

#include "experiments/store/program.h"
#include "experiments/store/store_bench.h"
#include "sim/config_error.h"

namespace store {
namespace {

namespace fs = std::filesystem;
using experiments::Point;
using experiments::PointResult;

class StoreFile : public testing::Test {
 protected:
  ~StoreFile() override { fs::remove(path_); }

  int sweep(const std::vector<Point>& points, int most_runs = 1000,
            const std::string& file = "test.json") const {
    return SweepBench{.path = path_, .file = file, .most_runs = most_runs}.sweep(points);
  }
  Lines documents() const { return documents_as_lines(path_); }

  std::string error() const {
    try {
      Store(path_, "test.json");
    } catch (const sim::ConfigError& error) {
      return std::string(error.what()).substr(path_.size());
    }
    return "no error";
  }
  void write(const std::string& content) const { std::ofstream(path_) << content; }
  Database open() const { return {path_, Database::Open::kWrite}; }

  const std::string path_ = scratch_file("store.db");
};

TEST_F(StoreFile, GivesBackTheDocumentsThatASweepPrints) {
  EXPECT_EQ(sweep(two_points()), 4);
  EXPECT_EQ(documents(), lines_of(two_points()));
}

TEST_F(StoreFile, GivesBackSeriesAndIntervalsThatAreNotThere) {
  const auto points = experiments::expand(sim::Document::parse(
      R"({"run": {"measure": "memory", "replications": 1, "warm_up": "0 ms", "length": "50 s"},
          "memory": {"tiering": {"memory": "1 GiB", "threads": 4},
                     "load": {"requests": "10 k/s"}}})",
      "test.json"));
  sweep(points);
  EXPECT_EQ(documents(), lines_of(points));
}

TEST_F(StoreFile, GivesBackWhatTheMemoryCheckerFound) {
  const auto points = two_points({"system.check_memory=true"});
  sweep(points);
  EXPECT_EQ(documents(), lines_of(points));
  EXPECT_NE(documents()[0].find("\"memory_findings\""), std::string::npos);
}

TEST_F(StoreFile, RunsNothingTwice) {
  sweep(two_points());
  EXPECT_EQ(sweep(two_points()), 0);
}

TEST_F(StoreFile, GoesOnInTheMiddleOfAPoint) {
  EXPECT_EQ(sweep(two_points(), 3), 3);
  EXPECT_EQ(documents().size(), 1u);
  EXPECT_EQ(sweep(two_points()), 1);
  EXPECT_EQ(documents(), lines_of(two_points()));
}

TEST_F(StoreFile, RunsOnlyWhatChangedWhenOneValueIsEdited) {
  sweep(two_points());
  const auto edited = points_with(R"(["20 k/s", "60 k/s"])");
  EXPECT_EQ(sweep(edited), 2);
  EXPECT_EQ(documents(), lines_of(edited));
  Store store(path_, "test.json");
  store.ask(edited);
  EXPECT_EQ(store.former_points(), 1u);
}

TEST_F(StoreFile, KeepsWhatAFileNoLongerAsksFor) {
  sweep(two_points());
  sweep(points_with(R"(["20 k/s"])"));
  EXPECT_EQ(documents().size(), 1u);
  EXPECT_EQ(sweep(two_points()), 0);
  EXPECT_EQ(documents(), lines_of(two_points()));
}

TEST_F(StoreFile, AddsReplicationsToThoseThatAreThere) {
  sweep(two_points());
  const auto five = two_points({"run.replications=5"});
  EXPECT_EQ(sweep(five), 2 * 3);
  EXPECT_EQ(documents(), lines_of(five));
}

// A nanosecond is over before the first replications are.
const std::vector<std::string> kNoTime{
    R"(run.precision={"value": "mean_us", "half_width": 1e-9, "most_time": "1 ns"})"};

TEST_F(StoreFile, SaysWhatEndedAPoint) {
  sweep(two_points(kNoTime));
  EXPECT_EQ(documents(), lines_of(two_points(kNoTime)));
  EXPECT_NE(documents()[0].find(R"("ended_by":"time")"), std::string::npos);
  Database database = open();
  Statement points = database.prepare("SELECT ended_by, replications FROM points");
  ASSERT_TRUE(points.step());
  EXPECT_EQ(points.text(0), "time");
  EXPECT_EQ(points.integer(1), 2);
}

TEST_F(StoreFile, OfBeforeEndingsWereKeptIsReadAndAddedTo) {
  sweep(two_points());
  open().execute("ALTER TABLE points DROP COLUMN ended_by");
  EXPECT_EQ(documents(), lines_of(two_points()));
  EXPECT_EQ(sweep(two_points(kNoTime)), 0);
  EXPECT_EQ(documents(), lines_of(two_points(kNoTime)));
}

TEST_F(StoreFile, KeepsHowLongARunTook) {
  Store store(path_, "test.json");
  const auto points = two_points();
  const auto runs = experiments::run_points(points)[0].runs;
  store.keep({points[0], 0, experiments::record_of(runs[0], 0.5)});
  EXPECT_EQ(store.known(points[0], 0)->wall_seconds, 0.5);
}

TEST_F(StoreFile, UsesAPartOfTheReplicationsWhenFewerAreAskedFor) {
  sweep(two_points({"run.replications=3"}));
  EXPECT_EQ(sweep(two_points()), 0);
  EXPECT_EQ(documents(), lines_of(two_points()));
}

TEST_F(StoreFile, RunsAgainFromAnotherSeed) {
  sweep(two_points());
  EXPECT_EQ(sweep(two_points({"run.seed=2"})), 4);
}

TEST_F(StoreFile, KeepsSeedsBeyondTheSignedOnes) {
  const auto points = two_points({"run.seed=18446744073709551610"});
  sweep(points);
  EXPECT_EQ(sweep(points), 0);
  EXPECT_EQ(documents(), lines_of(points));
}

TEST_F(StoreFile, OrdersPointsByFileAndAsTheFileDoes) {
  const auto other = points_with(R"(["30 k/s"])");
  const auto turned = points_with(R"(["50 k/s", "20 k/s"])");
  sweep(two_points(), 1000, "b.json");
  sweep(other, 1000, "a.json");
  sweep(turned, 1000, "b.json");
  Lines expected = lines_of(other);
  for (const std::string& line : lines_of(turned)) expected.push_back(line);
  EXPECT_EQ(documents(), expected);
}

TEST_F(StoreFile, SharesRunsBetweenPointsThatMeanTheSame) {
  sweep(two_points());
  EXPECT_EQ(sweep(two_points(), 1000, "copy.json"), 0);
  EXPECT_EQ(documents().size(), 4u);
}

TEST_F(StoreFile, TriesAFailedPointAgain) {
  auto points = two_points();
  points[0].params.workload.service.capture = "/no/such/capture.json";
  EXPECT_EQ(sweep(points), 2);
  EXPECT_EQ(documents().size(), 1u);
  EXPECT_EQ(sweep(two_points()), 2);
  EXPECT_EQ(documents(), lines_of(two_points()));
}

TEST_F(StoreFile, MayBeWrittenByTwoAtOnce) {
  Store one(path_, "test.json");
  Store other(path_, "test.json");
  one.ask(two_points());
  other.ask(two_points());
  for (const PointResult& result : experiments::run_points(two_points()))
    for (Store* store : {&one, &other}) {
      store->keep({result.point, 0, experiments::record_of(result.runs[0], 0.5)});
      store->keep({result.point, 1, experiments::record_of(result.runs[1], 0.5)});
      store->finish(result);
    }
  EXPECT_EQ(documents(), lines_of(two_points()));
}

// Refusals

TEST_F(StoreFile, IsNotMadeOfAnotherFile) {
  write(
      "{\"run\": {}}, and more than a hundred bytes, so that it is too long to be mistaken for an "
      "empty or a new file of SQLite's");
  EXPECT_EQ(error(), ": is no store of results; choose another file");
}

TEST_F(StoreFile, IsNotMadeOfAnotherDatabase) {
  open().execute("CREATE TABLE addresses(name TEXT)");
  EXPECT_EQ(error(), ": is no store of results; choose another file");
}

TEST_F(StoreFile, MayBeEmptyAtFirst) {
  write("");
  EXPECT_EQ(error(), "no error");
}

TEST_F(StoreFile, IsRefusedWithAnotherSchema) {
  Store(path_, "test.json");
  open().execute("PRAGMA user_version = 7");
  EXPECT_EQ(error(), ": is a store with schema 7, and this program knows 1; choose another file");
  EXPECT_THROW(documents(), sim::ConfigError);
}

TEST_F(StoreFile, IsRefusedWithResultsOfAnotherVersion) {
  sweep(two_points());
  open().execute("UPDATE points SET version = '0.0.1' WHERE position = 1");
  EXPECT_EQ(error(), ": has results of version 0.0.1, and this is version " + program() +
                         "; choose another file");
  EXPECT_EQ(documents().size(), 2u);
}

// As if something in the program had changed since, although its version has not.
TEST_F(StoreFile, IsRefusedWithResultsOfOtherSources) {
  sweep(two_points());
  const std::string other = experiments::program_version() + " (sources 0123456789abcdef)";
  open().execute("UPDATE points SET version = '" + other + "'");
  EXPECT_EQ(error(), ": has results of version " + other + ", and this is version " + program() +
                         "; choose another file");
  EXPECT_EQ(documents().size(), 2u);
}

TEST_F(StoreFile, IsNotMadeByReading) {
  EXPECT_THROW(documents(), sim::ConfigError);
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace store
