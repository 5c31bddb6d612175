// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "sim/simulation.h"
#include "sim/test_properties.h"
#include "sim/timer.h"

namespace sim {
namespace {

constexpr int kTimers = 5;
constexpr int kClosure = kTimers;

/// One thing that is done to the agenda: what, to which timer, how long from now.
using Action = std::tuple<int, int, int>;

/// Does the actions a few at a time, as entries run, and compares who runs when with a multimap.
class Script {
 public:
  explicit Script(std::vector<Action> actions) : actions_(std::move(actions)) {
    for (int i = 0; i < kTimers; ++i) {
      timers_.push_back(std::make_unique<Timer>(sim_, [this, i] { ran(i); }));
      armed_.push_back(expected_.end());
    }
  }

  void run() {
    while (next_ < actions_.size()) {
      act();
      sim_.run();
      RC_ASSERT(expected_.empty());
    }
  }

 private:
  using Expected = std::multimap<Time, int>;  // equal keys stay in the order of insertion

  void ran(int who) {
    RC_ASSERT(!expected_.empty());
    const auto next = expected_.begin();
    RC_ASSERT(next->first == sim_.now());
    RC_ASSERT(next->second == who);
    if (who != kClosure) armed_[static_cast<std::size_t>(who)] = expected_.end();
    expected_.erase(next);
    act();
  }

  void act() {
    for (int i = 0; i < 2 && next_ < actions_.size(); ++i) {
      const auto [what, timer, delay] = actions_[next_++];
      const auto t = static_cast<std::size_t>(timer);
      const Time when = sim_.now() + Duration{delay};
      if (what == 0) {
        sim_.at(when, [this] { ran(kClosure); });
        expected_.emplace(when, kClosure);
        continue;
      }
      if (armed_[t] != expected_.end()) expected_.erase(armed_[t]);
      armed_[t] = what == 1 ? expected_.emplace(when, timer) : expected_.end();
      if (what == 1)
        timers_[t]->arm_at(when);
      else
        timers_[t]->cancel();
      RC_ASSERT(timers_[t]->armed() == (what == 1));
    }
  }

  const std::vector<Action> actions_;
  std::size_t next_ = 0;
  Simulation sim_;
  std::vector<std::unique_ptr<Timer>> timers_;
  Expected expected_;
  std::vector<Expected::iterator> armed_;
};

TEST(AgendaProperty, WhoRunsWhenIsWhatAMultimapSays) {
  expect_always("entries run in the order of time, then of filing", [] {
    const auto action = rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange(0, kTimers),
                                       rc::gen::inRange(0, 4));
    Script(*rc::gen::container<std::vector<Action>>(action)).run();
  });
}

}  // namespace
}  // namespace sim
