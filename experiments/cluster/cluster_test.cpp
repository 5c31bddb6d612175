// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

#include "experiments/cluster/coordinator.h"
#include "experiments/cluster/worker.h"
#include "experiments/text/hash_text.h"

namespace cluster {
namespace {

using experiments::Point;
using experiments::PointResult;
using experiments::RunnerOptions;

/// Ranks that are threads of this process.
class Network {
 public:
  explicit Network(int size) : boxes_(static_cast<std::size_t>(size)) {}

  class Rank : public Ranks {
   public:
    Rank(Network& network, int number) : network_(network), number_(number) {}
    int rank() const override { return number_; }
    int size() const override { return static_cast<int>(network_.boxes_.size()); }
    void send(int to, std::string text) override {
      const std::lock_guard lock(network_.mutex_);
      network_.box(to).push_back({number_, std::move(text)});
    }
    std::optional<Message> receive() override {
      const std::lock_guard lock(network_.mutex_);
      auto& box = network_.box(number_);
      if (box.empty()) return std::nullopt;
      Message message = std::move(box.front());
      box.pop_front();
      return message;
    }
    void leave_alone() override { left_alone = true; }

    bool left_alone = false;

   private:
    Network& network_;
    int number_;
  };

 private:
  std::deque<Ranks::Message>& box(int rank) { return boxes_[static_cast<std::size_t>(rank)]; }

  std::mutex mutex_;
  std::vector<std::deque<Ranks::Message>> boxes_;
};

std::vector<Point> few_points(const std::string& length = "1 ms") {
  return experiments::expand(sim::Document::parse(R"({
      "run": {"warm_up": "200 us", "length": ")" + length +
                                                      R"(", "replications": 3},
      "system": {"workers": 2},
      "workload": {"threads": 20, "generators": 1},
      "sweep": {"workload.arrivals.rate": ["20 k/s", "50 k/s"]}})",
                                                  "test.json"));
}

/// Everything that is kept of each run, and each point's values.
using Kept = std::vector<std::string>;

RunnerOptions keep_in(Kept& kept) {
  RunnerOptions options;
  options.ran = [&](const experiments::Replication& replication) {
    const experiments::RunRecord& record = replication.record;
    kept.push_back(replication.point.key + ' ' + std::to_string(replication.number) + ' ' +
                   experiments::hash_text(record.run.trace_hash) + record.statistics.value());
  };
  options.finished = [&](const PointResult& result) {
    for (const auto& [name, estimate] : experiments::estimates_of(result))
      kept.push_back(name + ' ' + std::to_string(estimate.mean) + result.error);
  };
  return options;
}

Kept sorted(Kept kept) {
  std::ranges::sort(kept);
  return kept;
}

Kept of_one_process(const std::vector<Point>& points) {
  Kept kept;
  experiments::run_points(points, keep_in(kept));
  return sorted(kept);
}

/// Ranks 1 and 2, which leave when all do.
std::vector<std::thread> two_others(Network& network) {
  std::vector<std::thread> others;
  for (int rank = 1; rank < 3; ++rank)
    others.emplace_back([&network, rank] {
      Network::Rank ranks(network, rank);
      EXPECT_TRUE(work_for_rank_0(ranks));
      EXPECT_FALSE(ranks.left_alone);
    });
  return others;
}

TEST(Cluster, FindsWhatOneProcessFinds) {
  const auto points = few_points();
  Network network(3);
  std::vector<std::thread> others = two_others(network);
  Kept kept;
  Network::Rank mine(network, 0);
  Coordinator(mine).run(points, keep_in(kept));
  for (std::thread& other : others) other.join();
  EXPECT_FALSE(mine.left_alone);
  EXPECT_EQ(sorted(kept), of_one_process(points));
}

TEST(Cluster, WaitsAtTheEndForNobodyWhoIsGone) {
  Network network(3);
  std::thread other([&network] {
    Network::Rank ranks(network, 1);
    EXPECT_TRUE(work_for_rank_0(ranks));
    EXPECT_TRUE(ranks.left_alone);
  });
  Network::Rank mine(network, 0);  // of rank 2 nothing is ever heard
  { const Coordinator coordinator(mine, std::chrono::seconds{2}); }
  other.join();
  EXPECT_TRUE(mine.left_alone);
}

TEST(Cluster, DoesWhatALostRankWasDoing) {
  const auto points = few_points();
  Network network(2);
  Network::Rank mine(network, 0);  // the other takes a job and says nothing, ever
  Kept kept;
  Coordinator(mine, std::chrono::milliseconds{50}).run(points, keep_in(kept));
  EXPECT_EQ(sorted(kept), of_one_process(points));
  Network::Rank lost(network, 1);
  EXPECT_TRUE(read_job(lost.receive()->text));
}

TEST(Cluster, TakesALateAnswerForNothing) {
  const auto points = few_points();
  Network network(2);
  Network::Rank mine(network, 0);
  Network::Rank late(network, 1);
  late.send(0, outcome_message({{0, 1}, {.error = "of a job that it does not have"}}));
  Kept kept;
  Coordinator(mine, std::chrono::milliseconds{50}).run(points, keep_in(kept));
  EXPECT_EQ(sorted(kept), of_one_process(points));
}

TEST(Cluster, EndsWhatIsUnderWayWhenItIsInterrupted) {
  const auto points = few_points("1000 s");  // which would take minutes
  Network network(3);
  std::vector<std::thread> others = two_others(network);
  std::atomic<bool> stop{false};
  std::thread user([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    stop = true;
  });
  Kept kept;
  RunnerOptions options = keep_in(kept);
  options.stop = &stop;
  Network::Rank mine(network, 0);
  Coordinator(mine).run(points, options);
  for (std::thread& other : others) other.join();
  user.join();
  EXPECT_EQ(kept, Kept{});
}

/// Somebody ends one of them, and means that one.
TEST(Cluster, DoesWhatAnInterruptedRankWasDoing) {
  const auto points = few_points();
  Network network(2);
  const std::atomic<bool> interrupted{true};
  std::thread other([&] {
    Network::Rank ranks(network, 1);
    EXPECT_TRUE(work_for_rank_0(ranks, &interrupted));
  });
  Kept kept;
  Network::Rank mine(network, 0);
  Coordinator(mine).run(points, keep_in(kept));
  other.join();
  EXPECT_EQ(sorted(kept), of_one_process(points));
}

/// As with a file that only rank 0 has.
TEST(Cluster, FailsForAnExperimentThatAnotherRankCannotRead) {
  auto points = few_points();
  for (Point& point : points)
    point.resolved =
        R"({"workload": {"arrivals": {"kind": "trace", "trace": "on_rank_0_only.json"}}})";
  Network network(3);
  std::vector<std::thread> others = two_others(network);
  std::string errors;
  RunnerOptions options;
  options.finished = [&errors](const PointResult& result) { errors += result.error; };
  Network::Rank mine(network, 0);
  Coordinator(mine).run(points, options);
  for (std::thread& other : others) other.join();
  EXPECT_NE(errors.find("on_rank_0_only.json"), std::string::npos) << errors;
}

TEST(Cluster, TellsOfFailedRunsToo) {
  const auto outcome = read_outcome(outcome_message({{3, 4}, {.error = "no such file"}}));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->job.point, 3u);
  EXPECT_EQ(outcome->job.replication, 4u);
  EXPECT_EQ(outcome->outcome.error, "no such file");
  EXPECT_FALSE(outcome->outcome.run);
}

}  // namespace
}  // namespace cluster
