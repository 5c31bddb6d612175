// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/tiering_agent.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace tiering {
namespace {

constexpr Batch kBatches = 4;

/// Says what it is told to say. Whether it is to be relied upon, it knows when it chooses periods.
class Scripted : public Policy {
 public:
  struct Epoch {
    std::vector<float> rates;
    bool trusted;
  };
  explicit Scripted(std::vector<Epoch> epochs) : epochs_(std::move(epochs)) {}

  void observe(std::span<const Scan>, Work&) override {}
  void choose_periods(std::span<Period> next, Work&) override {
    std::ranges::fill(next, Period{0});
    if (began_) trusted_ = epochs_[ended_++].trusted;
    began_ = true;
  }
  void estimate(std::span<float> rates, Work&) override {
    std::ranges::copy(epochs_[ended_].rates, rates.begin());
  }
  bool trusted() const override { return trusted_; }
  bool must_promote(double slow_share) override { return slow_share > 0.5; }

 private:
  std::vector<Epoch> epochs_;
  std::size_t ended_ = 0;
  bool began_ = false;
  bool trusted_ = true;
};

/// A host that ends one epoch after the other and applies what it is told. Then it ends as many
/// iterations more as there are shares of slow accesses.
class Host : public AgentRuntime {
 public:
  explicit Host(int epochs, std::vector<double> slow_shares = {})
      : epochs_(epochs), slow_shares_(std::move(slow_shares)), fast_(kBatches, true) {}

  std::optional<Bulk> receive() override {
    if (epoch_ < epochs_) return Bulk{.scans = {}, .ends_iteration = true, .epoch = ++epoch_};
    if (later_ == slow_shares_.size()) return std::nullopt;
    return Bulk{
        .scans = {}, .ends_iteration = true, .epoch = epoch_, .slow_share = slow_shares_[later_++]};
  }
  void answer(const Answer& answer) override {
    for (const Batch batch : answer.to_fast) fast_[static_cast<std::size_t>(batch)] = true;
    for (const Batch batch : answer.to_slow) fast_[static_cast<std::size_t>(batch)] = false;
    if (epoch_ > 0) after_.push_back(fast_);
  }
  void meet() override {}
  void charge(Stage, const Work&) override {}

  /// What is in the fast tier after each epoch.
  const std::vector<std::vector<bool>>& after() const { return after_; }

 private:
  const int epochs_;
  const std::vector<double> slow_shares_;
  std::size_t later_ = 0;
  int epoch_ = 0;
  std::vector<bool> fast_;
  std::vector<std::vector<bool>> after_;
};

/// The epoch that goes on while there are `slow_shares` has the last estimates.
std::vector<std::vector<bool>> fast_after(std::vector<Scripted::Epoch> epochs,
                                          std::vector<double> slow_shares = {}) {
  const bool goes_on = !slow_shares.empty();
  Host host(static_cast<int>(epochs.size()) - (goes_on ? 1 : 0), std::move(slow_shares));
  std::vector<TieringAgent::PartPolicy> parts;
  parts.push_back({.policy = std::make_unique<Scripted>(std::move(epochs)), .batches = kBatches});
  TieringAgent agent(std::move(parts), {.objective = 0.8});
  agent.run(0, host);
  return host.after();
}

using Tiers = std::vector<bool>;
using History = std::vector<Tiers>;

TEST(TieringAgent, KeepsTheHottestBatchesThatServeEnough) {
  EXPECT_EQ(fast_after({{{1, 90, 5, 0}, true}}), (History{Tiers{false, true, false, false}}));
}

/// Estimates that turn out wrong are not acted upon even once, and those of the epoch after, if
/// they are right, at once.
TEST(TieringAgent, KeepsWhateverWasAccessedInJustThoseEpochsWhoseEstimatesAreNotTrusted) {
  const std::vector<Scripted::Epoch> epochs{
      {{1, 90, 5, 0}, true}, {{1, 90, 5, 0}, false}, {{1, 2, 90, 0}, true}};
  EXPECT_EQ(fast_after(epochs),
            (History{Tiers{false, true, false, false}, Tiers{true, true, true, false},
                     Tiers{false, false, true, false}}));
}

/// What has become hot comes at once; what has become cold goes when the epoch ends.
TEST(TieringAgent, PromotesInTheMiddleOfAnEpochIfTooMuchIsSlow) {
  const std::vector<Scripted::Epoch> epochs{{{1, 90, 5, 0}, true}, {{50, 1, 40, 0}, true}};
  EXPECT_EQ(fast_after(epochs, {0.5, 0.6}),
            (History{Tiers{false, true, false, false}, Tiers{false, true, false, false},
                     Tiers{true, true, true, false}}));
}

}  // namespace
}  // namespace tiering
