// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// What came from the host together: results of scans, and what they mean for the thread.
struct Bulk {
  std::span<const Scan> scans;  // until the next `receive`
  bool ends_iteration = false;  // the host has scanned all that was due and waits for an answer
  int epoch = 0;                // so many have ended; one more than before: time to decide anew
  bool restate = false;         // the host may have missed answers: to be told all that is decided
  double slow_share = 0;        // of the accesses since the iteration before, by its counters
};

/// What a thread wants changed.
struct Answer {
  std::span<const Period> periods;  // of all batches of the part, in order; none: as they are
  std::span<const Batch> to_fast;
  std::span<const Batch> to_slow;
};

/// What a thread of the agent is busy with, for the books.
enum class Stage : std::uint8_t { kObserve, kEstimate, kSort, kMerge, kSample, kDecide };

/// All that one thread of the agent has. Calls block like ordinary code; the same program runs in
/// the simulator and natively, on the host and on the SmartNIC.
class AgentRuntime {
 public:
  virtual ~AgentRuntime() = default;

  /// Waits for the next results for this part; nothing when the host wants the agent to leave.
  virtual std::optional<Bulk> receive() = 0;
  /// Answers an iteration.
  virtual void answer(const Answer& answer) = 0;
  /// Waits until every thread of the agent has come here.
  virtual void meet() = 0;

  /// Declares what has just been computed. A native runtime ignores it.
  virtual void charge(Stage stage, const Work& work) = 0;
};

}  // namespace tiering
