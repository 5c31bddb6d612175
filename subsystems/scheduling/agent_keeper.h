// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "subsystems/scheduling/keeper_params.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/agent_launcher.h"

namespace scheduling {

/// The host's side of agents' lives, a kernel thread on a CPU outside the enclave: gives an agent
/// up that ends, lets a thread wait for too long, or let a queue run full; moves its threads to the
/// fair class; starts another, and tells it what there is; replaces an agent by a newer one.
///
/// Promised: at most one agent decides at any instant, and nothing that another one has decided is
/// carried out after its time. No call here waits for the agent's side: a link that stands still
/// holds up no watchdog.
///
/// From ghOSt: the limit (runnable_timeout), the fall back, the queue that kills who lets it run
/// full, and the hand-over to a new agent with threads in place. Ours: the host's seeing that by
/// itself; the nudge.
class AgentKeeper : public wave::AgentReports {
 public:
  /// What the keeper works with. Queues and slots of the agent at a place begin anew, empty, when
  /// `use_place` says so.
  struct Parts {
    Kernel& kernel;
    wave::AgentCommands& launcher;
    core::Core& core;          // to run on
    wave::Producer& messages;  // of that core
    std::function<void(int place, core::Core& by)> use_place;
  };

  AgentKeeper(const KeeperParams& params, const Parts& parts);

  /// Agent 0 runs at place 0. The keeper begins to look after it.
  void start();
  /// Starts another agent beside the present one, to take over when it is ready.
  void upgrade();

  void agent_ready(wave::AgentNumber number) override { tell({What::kReady, number}); }
  void agent_gone(wave::AgentNumber number) override { tell({What::kGone, number}); }

  /// The agent that decides, if there is one.
  std::optional<wave::AgentNumber> serving() const { return serving_; }
  /// When agents were given up.
  const std::vector<sim::Time>& given_up() const { return given_up_; }
  KeeperStats stats() const;

 private:
  enum class What : std::uint8_t { kReady, kGone, kLate, kQueueFull, kUpgrade };
  struct Event {
    What what;
    wave::AgentNumber number;  // whom it is about
  };
  static constexpr wave::AgentNumber kNobody = -1;

  void tell(const Event& event);
  void run();
  sim::Time next_wake_up() const;
  void handle(const Event& event);
  void look();
  void nudge_idle_cpus();

  void give_up(std::int64_t KeeperStats::*why);
  void fall_back();
  void begin_to_start();
  void take_over(wave::AgentNumber number);
  void let_decide_at(int place);
  void move_threads_back();
  void note_served();

  const KeeperParams params_;
  const Parts parts_;
  std::deque<Event> events_;
  sim::Time next_look_{};
  std::optional<sim::Time> start_at_;  // the command to start an agent is due then

  std::optional<wave::AgentNumber> serving_ = 0;
  int place_ = 0;                              // of the agent that decides or did last
  std::optional<wave::AgentNumber> starting_;  // commanded, and not heard of yet
  wave::AgentNumber youngest_ = 0;
  bool on_fallback_ = false;

  KeeperStats stats_;
  std::vector<sim::Time> given_up_;
  std::optional<sim::Time> unserved_since_;
  std::optional<sim::Time> dark_since_;  // until the first decision
};

}  // namespace scheduling
