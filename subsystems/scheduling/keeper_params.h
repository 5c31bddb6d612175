// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>

#include "sim/describe.h"
#include "sim/member_wise.h"
#include "sim/units.h"

namespace scheduling {

using namespace std::chrono_literals;

/// Where an agent's threads go when it is gone.
enum class Fallback {
  kFair,  // to the host's own fair class, as ghOSt's do when their enclave is destroyed
  kNone,  // nowhere: they wait for the next agent, as in ghOSt's upgrade
};

constexpr auto enum_names(std::type_identity<Fallback>) {
  using sim::EnumName;
  return std::array{EnumName{Fallback::kFair, "fair"}, EnumName{Fallback::kNone, "none"}};
}

/// How the host keeps its agent: what it looks at, and what it does without one.
struct KeeperParams {
  sim::Duration watchdog{0};
  sim::Duration look_every = 1ms;
  bool nudge = true;
  Fallback fallback = Fallback::kFair;
  bool restart = true;
  sim::Duration restart_after = 1ms;

  static void describe(auto&& field) {
    using P = KeeperParams;
    using sim::Range;
    field(&P::watchdog, "watchdog",
          "the enclave's runnable_timeout: an agent that lets a runnable thread wait for this long "
          "is given up; 0 ns: never",
          sim::chosen("ghOSt's enclaves have such a limit, tens of milliseconds; 0 is off"),
          Range{0ms, 1000ms});
    field(&P::look_every, "look_every",
          "time between the keeper's looks at the waiting threads; busy CPUs look at their ticks",
          sim::assumed("the host's tick"), Range{100us, 10ms});
    field(&P::nudge, "nudge",
          "at each look, make idle CPUs look into their slots if threads wait: then a lost "
          "interrupt costs two looks at most",
          sim::chosen("ours: ghOSt's interrupts are the host's own and are not lost"));
    field(&P::fallback, "fallback", "where the threads of an agent that is gone are scheduled",
          sim::published("ghOSt, SOSP 2021, 3.4: they fall back to CFS"));
    field(&P::restart, "restart", "start another agent when one is gone", sim::chosen("a switch"));
    field(&P::restart_after, "restart_after", "from an agent's end to the command to start another",
          sim::assumed("a supervisor that restarts what it supervises"), Range{0ms, 1000ms});
  }
};

/// What became of agents, as the host sees it.
struct KeeperStats {
  std::int64_t watchdog_firings = 0;
  std::int64_t exits = 0;
  std::int64_t overflows = 0;
  std::int64_t fallbacks = 0;
  std::int64_t threads_moved = 0;
  std::int64_t restarts = 0;
  std::int64_t upgrades = 0;
  std::int64_t nudges = 0;
  sim::Duration without_agent{};
  sim::Duration on_fallback{};
  std::int64_t blackouts = 0;
  sim::Duration blackout{};

  static void describe(auto&& stat) {
    using S = KeeperStats;
    stat(&S::watchdog_firings, "watchdog_firings", "agents given up because a thread waited");
    stat(&S::exits, "exits", "agents that ended by themselves");
    stat(&S::overflows, "overflows", "agents given up because a message queue was full");
    stat(&S::fallbacks, "fallbacks", "times that threads were moved to the fair class");
    stat(&S::threads_moved, "threads_moved", "threads moved, all times together");
    stat(&S::restarts, "restarts", "agents that took over where there was none");
    stat(&S::upgrades, "upgrades", "agents that took over from one that was still there");
    stat(&S::nudges, "nudges", "idle CPUs made to look into their slots");
    stat(&S::without_agent, "without_agent",
         "time from when agents were given up in which nobody could decide");
    stat(&S::on_fallback, "on_fallback", "of that, time in which the fair class scheduled");
    stat(&S::blackouts, "blackouts", "times that a first decision was committed after an agent's");
    stat(&S::blackout, "blackout",
         "from when one agent was given up to the first decision of the next, all together");
  }
  friend KeeperStats operator-(const KeeperStats& a, const KeeperStats& b) {
    return sim::difference(a, b);
  }
};

}  // namespace scheduling
