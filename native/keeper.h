// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "native/agent_launcher.h"
#include "native/kernel.h"
#include "subsystems/scheduling/keeper_params.h"
#include "subsystems/scheduling/policies/agent_program.h"

namespace native {

struct KeeperOptions {
  Instant watchdog{};  // zero: none
  bool restart = true;
  Instant restart_after{};
  bool fallback = true;  // as the kernel's
};

/// The host's side of agents' lives, as subsystems/scheduling/agent_keeper.h: gives an agent up
/// that ends, lets a thread wait for too long, or lets a queue run full; starts another at the
/// other place, and has it told what there is.
///
/// Promised: at most one agent decides at any instant, and nothing that another one has decided is
/// carried out after its time.
class Keeper {
 public:
  Keeper(const KeeperOptions& options, Kernel& kernel, AgentLauncher& launcher,
         const AgentParts& parts, int queue)
      : options_(options), kernel_(kernel), launcher_(launcher), parts_(parts), queue_(queue) {}

  /// The first agent.
  void start();
  /// Once in a while, on the keeper's thread.
  void look();
  /// Asks the agent that decides to leave, and waits until it has; kills it after `patience`.
  void end(Instant patience);

  /// Where the agent decides, if there is one.
  std::optional<int> serving() const { return serving_; }
  scheduling::KeeperStats stats() const;
  /// By all agents so far, as far as they have shown it.
  scheduling::AgentStats agent_stats() const;

 private:
  Place place(int i) const { return parts_.layout.place(i); }
  bool is_ready(int place) const;
  void look_after_agent();
  void give_up(std::int64_t scheduling::KeeperStats::*why);
  void begin_to_start();
  void take_over();
  void note_served();

  const KeeperOptions options_;
  Kernel& kernel_;
  AgentLauncher& launcher_;
  const AgentParts& parts_;
  const int queue_;

  std::optional<int> serving_;
  std::optional<int> starting_;
  int next_place_ = 0;
  std::optional<Instant> start_at_;
  std::optional<Instant> unserved_since_;
  std::optional<Instant> dark_since_;  // until the first decision
  int agents_ = 0;
  scheduling::KeeperStats stats_;
  scheduling::AgentStats ended_;  // by agents whose place another has taken
};

}  // namespace native
