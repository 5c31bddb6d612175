// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>

#include "sim/describe.h"
#include "sim/member_wise.h"
#include "sim/units.h"

namespace experiments {

using namespace std::chrono_literals;

enum class FaultKind {
  kAgentCrash,
  kAgentHang,
  kAgentSlow,
  kAgentGarbage,
  kAgentUpgrade,
  kMsixLost,
  kLinkStall,
  kDmaLost,
};

constexpr auto enum_names(std::type_identity<FaultKind>) {
  using sim::EnumName;
  return std::array{EnumName{FaultKind::kAgentCrash, "agent_crash"},
                    EnumName{FaultKind::kAgentHang, "agent_hang"},
                    EnumName{FaultKind::kAgentSlow, "agent_slow"},
                    EnumName{FaultKind::kAgentGarbage, "agent_garbage"},
                    EnumName{FaultKind::kAgentUpgrade, "agent_upgrade"},
                    EnumName{FaultKind::kMsixLost, "msix_lost"},
                    EnumName{FaultKind::kLinkStall, "link_stall"},
                    EnumName{FaultKind::kDmaLost, "dma_lost"}};
}

/// Something that goes wrong, or that is done on purpose, at an instant of a run.
struct FaultParams {
  FaultKind kind = FaultKind::kAgentCrash;
  sim::Duration at = 20ms;
  sim::Duration length = 1ms;
  double share = 1;
  double factor = 10;

  static void describe(auto&& field) {
    using P = FaultParams;
    using sim::Range;
    field(&P::kind, "kind",
          "agent_crash: its program ends; agent_hang: it does nothing for a while; agent_slow: its "
          "own code takes longer; agent_garbage: it writes other decisions than it means to; "
          "agent_upgrade: another agent takes over; msix_lost: interrupts of the NIC get lost; "
          "link_stall: nothing leaves on the link, either way; dma_lost: nobody learns of the end "
          "of transfers of memory management's queues",
          sim::chosen("the question"));
    field(&P::at, "at", "since the run began, warm-up included", sim::chosen("after the warm-up"),
          Range{0ms, 1000ms});
    field(&P::length, "for", "how long it lasts; a crash and an upgrade happen once",
          sim::chosen("the question"), Range{1us, 1s});
    field(&P::share, "share", "of the decisions, interrupts or transfers meanwhile",
          sim::chosen("all"), Range{0.0, 1.0});
    field(&P::factor, "factor", "how many times as long a slow agent's code takes",
          sim::chosen("much"), Range{1.0, 100.0});
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const FaultParams& params);

struct FaultStats {
  std::int64_t injected = 0;
  std::int64_t without_effect = 0;
  std::int64_t interrupts_lost = 0;
  std::int64_t garbage = 0;
  std::int64_t transfers_lost = 0;

  static void describe(auto&& stat) {
    using S = FaultStats;
    stat(&S::injected, "injected", "faults that happened");
    stat(&S::without_effect, "without_effect", "faults of an agent when there was none");
    stat(&S::interrupts_lost, "interrupts_lost", "interrupts of the NIC that no CPU got");
    stat(&S::transfers_lost, "transfers_lost", "transfers by DMA that nobody learned the end of");
    stat(&S::garbage, "garbage", "decisions that were not what the agent meant");
  }
  friend FaultStats operator-(const FaultStats& a, const FaultStats& b) {
    return sim::difference(a, b);
  }
};

}  // namespace experiments
