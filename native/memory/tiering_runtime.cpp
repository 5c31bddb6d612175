// SPDX-License-Identifier: Apache-2.0
#include "native/memory/tiering_runtime.h"

#include <span>
#include <utility>

namespace native {

using namespace std::chrono_literals;

std::optional<tiering::Bulk> TieringRuntime::receive() {
  scans_.clear();
  for (;;) {
    const auto slot = channel_.to_agent().receive(100ms);
    if (!slot && leaving_) return std::nullopt;
    if (!slot) continue;
    lap();
    const int kind = kind_of(*slot);
    if (kind == TieringChannel::kLeave) return std::nullopt;
    if (kind == TieringChannel::kScans) append_items(*slot, scans_);
    stats_.reading += lap();
    if (kind != TieringChannel::kShipment) continue;
    std::vector<ShipmentEnd> end;
    append_items(*slot, end);
    iteration_ = end.front().iteration;
    return tiering::Bulk{.scans = scans_,
                         .ends_iteration = end.front().ends_iteration != 0,
                         .epoch = end.front().epoch,
                         .restate = end.front().restate != 0,
                         .slow_share = end.front().slow_share};
  }
}

void TieringRuntime::answer(const tiering::Answer& answer) {
  TieringChannel::Way& host = channel_.to_host();
  host.send_all(TieringChannel::kPeriods, answer.periods);
  host.send_all(TieringChannel::kToFast, answer.to_fast);
  host.send_all(TieringChannel::kToSlow, answer.to_slow);
  host.send_all(TieringChannel::kAnswer, std::span<const tiering::Batch>(&iteration_, 1));
  lap();
}

void TieringRuntime::meet() {
  meeting_.arrive_and_wait();
  lap();
}

void TieringRuntime::charge(tiering::Stage stage, const tiering::Work&) {
  stats_.of(stage) += lap();
}

/// Time since the last one.
sim::Duration TieringRuntime::lap() {
  const auto now = WallClock::now();
  return now - std::exchange(since_, now);
}

}  // namespace native
