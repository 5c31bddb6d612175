// SPDX-License-Identifier: Apache-2.0
#include "sim/agenda.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "sim/simulation.h"

namespace sim {
namespace {

/// Closures and timers filed, moved and cancelled at random, most of them for the same few
/// instants, by each entry that runs; beside them a multimap that is told the same and says what is
/// next.
class Mirror {
 public:
  Mirror(std::uint32_t seed, int timers, int span) : random_(seed), span_(span) {
    for (int i = 0; i < timers; ++i) {
      timers_.push_back(std::make_unique<Timer>(sim_, [this, i] { ran(i); }));
      armed_.push_back(expected_.end());
    }
  }

  void run(int steps) {
    steps_ = steps;
    act();
    sim_.run();
    EXPECT_TRUE(expected_.empty());
  }

 private:
  using Expected = std::multimap<Time, int>;  // equal keys stay in the order of insertion

  void ran(int who) {
    ASSERT_FALSE(expected_.empty());
    const auto next = expected_.begin();
    EXPECT_EQ(next->first, sim_.now());
    EXPECT_EQ(next->second, who);
    if (who < static_cast<int>(timers_.size()))
      armed_[static_cast<std::size_t>(who)] = expected_.end();
    expected_.erase(next);
    act();
  }

  void act() {
    const int actions = expected_.empty() ? 3 : draw(4);
    for (int i = 0; i < actions && steps_ > 0; ++i, --steps_) {
      const Time when = sim_.now() + Duration{draw(span_)};
      if (draw(2) == 0)
        file(when);
      else if (draw(3) == 0)
        cancel(any_timer());
      else
        arm(any_timer(), when);
    }
  }

  void file(Time when) {
    const int name = next_name_++;
    expected_.emplace(when, name);
    sim_.at(when, [this, name] { ran(name); });
  }
  void arm(std::size_t i, Time when) {
    if (armed_[i] != expected_.end()) expected_.erase(armed_[i]);
    armed_[i] = expected_.emplace(when, static_cast<int>(i));
    timers_[i]->arm_at(when);
    EXPECT_EQ(timers_[i]->due(), when);
  }
  void cancel(std::size_t i) {
    EXPECT_EQ(timers_[i]->armed(), armed_[i] != expected_.end());
    if (armed_[i] != expected_.end()) expected_.erase(armed_[i]);
    armed_[i] = expected_.end();
    timers_[i]->cancel();
  }

  int draw(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::size_t any_timer() {
    return static_cast<std::size_t>(draw(static_cast<int>(timers_.size())));
  }

  std::mt19937 random_;
  int span_;
  int steps_ = 0;
  int next_name_ = 1'000'000;
  Simulation sim_;
  Expected expected_;
  std::vector<std::unique_ptr<Timer>> timers_;
  std::vector<Expected::iterator> armed_;
};

TEST(Agenda, RunsInTheOrderOfAMultimapWhenNearlyEverythingTies) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) Mirror(seed, 5, 3).run(5000);
}

TEST(Agenda, RunsInTheOrderOfAMultimapWhenFewTie) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) Mirror(seed, 50, 1000).run(5000);
}

TEST(Agenda, RunsInTheOrderOfAMultimapWhenItIsLargeEnoughToFetchAhead) {
  for (std::uint32_t seed = 0; seed < 3; ++seed) Mirror(seed, 3000, 100'000).run(30'000);
}

TEST(Agenda, KeepsTheOrderWhileItGrows) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) Mirror(seed, 1000, 50).run(20'000);
}

}  // namespace
}  // namespace sim
