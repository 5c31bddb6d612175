// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <optional>
#include <vector>

#include "native/memory/tiering_channel.h"
#include "subsystems/memory/policies/agent_runtime.h"
#include "subsystems/memory/tiering_stats.h"

namespace native {

/// All that one thread of a tiering agent has, on a real thread. What it computes is timed instead
/// of charged: from one call to the next.
class TieringRuntime : public tiering::AgentRuntime {
 public:
  TieringRuntime(TieringChannel& channel, std::barrier<>& meeting)
      : channel_(channel), meeting_(meeting) {}

  std::optional<tiering::Bulk> receive() override;
  void answer(const tiering::Answer& answer) override;
  void meet() override;
  void charge(tiering::Stage stage, const tiering::Work& work) override;

  /// From another thread: nothing will come any more.
  void leave() { leaving_ = true; }

  const tiering::StageStats& stats() const { return stats_; }

 private:
  using WallClock = std::chrono::steady_clock;
  sim::Duration lap();

  TieringChannel& channel_;
  std::barrier<>& meeting_;
  std::atomic<bool> leaving_ = false;
  std::vector<tiering::Scan> scans_;
  std::int32_t iteration_ = 0;
  WallClock::time_point since_ = WallClock::now();
  tiering::StageStats stats_;
};

}  // namespace native
