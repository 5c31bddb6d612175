// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "subsystems/memory/policies/agent_runtime.h"
#include "subsystems/memory/policies/hot_set.h"

namespace tiering {

/// The agent: a program of several threads, each with a policy for its part of the memory. When an
/// epoch ends they meet, and one of them chooses over all parts what the fast tier holds.
class TieringAgent {
 public:
  /// One policy for each part, how many batches it looks after, and where they are; empty: all are
  /// in the fast tier.
  struct PartPolicy {
    std::unique_ptr<Policy> policy;
    Batch batches;
    std::vector<InFastTier> tiers = {};
  };
  TieringAgent(std::vector<PartPolicy> policies, const HotSetParams& params);

  /// The program of the thread for `part`: first it says how often to scan, then it answers each
  /// iteration until the host asks it to leave.
  void run(int part, AgentRuntime& runtime);

  Policy& policy(int part) { return *this->part(part).policy; }

 private:
  struct PartState {
    std::unique_ptr<Policy> policy;
    std::vector<float> rates;
    std::vector<Period> periods;
    std::vector<InFastTier> tiers;  // as last decided
    std::vector<InFastTier> next;
    int epoch = 0;         // the last one that was decided about
    bool restate = false;  // the next answer is to tell everything
  };
  PartState& part(int number) { return parts_[static_cast<std::size_t>(number)]; }
  Ranking& ranking(int number) { return rankings_[static_cast<std::size_t>(number)]; }

  void choose_periods(PartState& part, AgentRuntime& runtime);
  void rank_part(int number, AgentRuntime& runtime);
  void end_epoch(int number, AgentRuntime& runtime);
  void promote(int number, AgentRuntime& runtime);
  void answer_changes(PartState& part, AgentRuntime& runtime, bool with_periods);

  const HotSetParams params_;
  std::vector<PartState> parts_;
  std::vector<Ranking> rankings_;     // by part
  std::vector<std::size_t> members_;  // of the hot set, in each ranking
};

}  // namespace tiering
