// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "subsystems/wave/agent/runtime.h"
#include "subsystems/wave/agent_faults.h"

namespace wave {

/// An agent's runtime through which faults get at the agent: it hangs, is slow, or writes garbage,
/// for a while. Without a fault every call does what the sound runtime does, in the same time.
///
/// A hung agent does nothing more from its next call on. A slow one takes longer for its own code
/// and for writing decisions; a turn of its polling loop that finds nothing takes what it always
/// does. Garbage is written in place of decisions: see `Garbage`.
class FaultyRuntime : public Runtime, public AgentFaults {
 public:
  FaultyRuntime(Runtime& sound, core::Core& core, std::uint64_t seed);

  Instant now() override { return sound_.now(); }
  Event poll(Instant deadline) override;
  bool leaving() override { return sound_.leaving(); }
  int slots() const override { return sound_.slots(); }
  void write_decision(int slot, const Slot& decision, std::size_t words) override;
  void notify(int slot) override;
  std::uint64_t read_word(std::int64_t index) override { return sound_.read_word(index); }
  void charge(Work work) override;
  void charge_blocks(Work part_of, std::int64_t blocks) override;

  /// The agent is in a system call: the kernel's code, which comes to its end whatever becomes of
  /// the agent.
  bool in_system_call() const { return in_system_call_; }
  /// The agent does not come back from the system call that it is in; `over` runs when it would.
  void stop_at_end_of_system_call(std::function<void()> over) { over_ = std::move(over); }

 private:
  /// What may be wrong with a decision.
  enum class Garbage : std::uint8_t {
    kUnknownThread,  // no thread has this name
    kReplayed,       // an old decision: of a thread that runs, has moved on, or is dead
    kStaleNumber,    // the barrier is not the thread's
    kOtherSlot,      // in another CPU's slot
    kNoSuchCpu,      // the right decision, and a notification for a CPU that does not exist
    kFlags,          // flags at random
    kRandomBits,     // all of it at random
    kRandomFlag,     // that, and its number too
    kCount,
  };
  void wait_out_hang() { core_.sleep_until(hung_until()); }
  [[noreturn]] void leave_for_good();
  Slot spoil(Garbage how, int& slot, const Slot& decision);

  Runtime& sound_;
  core::Core& core_;
  std::vector<Slot> written_;  // some decisions to replay
  std::size_t oldest_written_ = 0;
  bool in_system_call_ = false;
  std::function<void()> over_;
};

}  // namespace wave
