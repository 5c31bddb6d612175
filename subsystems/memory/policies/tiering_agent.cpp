// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/tiering_agent.h"

#include <algorithm>
#include <utility>

namespace tiering {

TieringAgent::TieringAgent(std::vector<PartPolicy> policies, const HotSetParams& params)
    : params_(params), rankings_(policies.size()) {
  for (PartPolicy& p : policies) {
    const auto batches = static_cast<std::size_t>(p.batches);
    const std::vector<InFastTier> tiers =
        p.tiers.empty() ? std::vector<InFastTier>(batches, 1) : std::move(p.tiers);
    parts_.push_back({.policy = std::move(p.policy),
                      .rates = std::vector<float>(batches),
                      .periods = std::vector<Period>(batches),
                      .tiers = tiers,
                      .next = tiers});
  }
}

void TieringAgent::run(int number, AgentRuntime& runtime) {
  PartState& own = part(number);
  choose_periods(own, runtime);
  runtime.answer({.periods = own.periods, .to_fast = {}, .to_slow = {}});
  while (const std::optional<Bulk> bulk = runtime.receive()) {
    Work work;
    own.policy->observe(bulk->scans, work);
    runtime.charge(Stage::kObserve, work);
    if (!bulk->ends_iteration) continue;
    own.restate = bulk->restate;
    if (bulk->epoch > own.epoch) {
      own.epoch = bulk->epoch;
      end_epoch(number, runtime);
    } else if (own.policy->must_promote(bulk->slow_share)) {
      promote(number, runtime);
    } else if (own.restate) {
      answer_changes(own, runtime, true);
    } else {
      runtime.answer({});
    }
  }
}

void TieringAgent::choose_periods(PartState& own, AgentRuntime& runtime) {
  Work work;
  own.policy->choose_periods(own.periods, work);
  runtime.charge(Stage::kSample, work);
}

void TieringAgent::rank_part(int number, AgentRuntime& runtime) {
  PartState& own = part(number);
  Work estimating, sorting;
  own.policy->estimate(own.rates, estimating);
  runtime.charge(Stage::kEstimate, estimating);
  ranking(number) = rank(own.rates, own.tiers, params_, sorting);
  runtime.charge(Stage::kSort, sorting);
}

void TieringAgent::end_epoch(int number, AgentRuntime& runtime) {
  PartState& own = part(number);
  rank_part(number, runtime);
  choose_periods(own, runtime);  // and find out whether what was estimated is to be relied upon
  runtime.meet();
  if (number == 0) {
    Work merging;
    members_ = choose_hottest(rankings_, params_, merging);
    runtime.charge(Stage::kMerge, merging);
  }
  runtime.meet();
  // Without a model to rely upon, all stays that has been accessed at all.
  const std::size_t members = own.policy->trusted() ? members_[static_cast<std::size_t>(number)]
                                                    : ranking(number).entries.size();
  Work deciding;
  mark(ranking(number), members, own.next, deciding);
  runtime.charge(Stage::kDecide, deciding);
  answer_changes(own, runtime, true);
}

/// What the part's own hot set lacks comes at once; what is too much stays until the epoch ends.
void TieringAgent::promote(int number, AgentRuntime& runtime) {
  PartState& own = part(number);
  rank_part(number, runtime);
  Work deciding;
  const std::vector<std::size_t> members =
      choose_hottest(std::span(&ranking(number), 1), params_, deciding);
  mark(ranking(number), members.front(), own.next, deciding);
  for (std::size_t i = 0; i < own.next.size(); ++i) own.next[i] |= own.tiers[i];
  runtime.charge(Stage::kDecide, deciding);
  answer_changes(own, runtime, false);
}

void TieringAgent::answer_changes(PartState& own, AgentRuntime& runtime, bool with_periods) {
  std::vector<Batch> to_fast, to_slow;
  for (std::size_t i = 0; i < own.next.size(); ++i)
    if (own.restate || own.next[i] != own.tiers[i])
      (own.next[i] != 0 ? to_fast : to_slow).push_back(static_cast<Batch>(i));
  own.tiers = own.next;
  runtime.charge(Stage::kDecide, {.visits = static_cast<std::int64_t>(own.next.size())});
  runtime.answer({.periods = with_periods || own.restate ? std::span<const Period>(own.periods)
                                                         : std::span<const Period>(),
                  .to_fast = to_fast,
                  .to_slow = to_slow});
}

}  // namespace tiering
