// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

#include "subsystems/wave/agent/slot.h"

namespace wave {

/// Time on the agent's clock, since the run began. Whole picoseconds, as in the simulator; a native
/// runtime's clock is coarser.
using Instant = std::chrono::duration<std::int64_t, std::pico>;
constexpr Instant kNever{std::numeric_limits<std::int64_t>::max()};

/// What polling found.
struct Event {
  enum class Kind : std::uint8_t {
    kNone,     // the deadline came first
    kMessage,  // an entry of message queue `source`
    kOutcome,  // the outcome word of decision slot `source` changed
  };
  Kind kind = Kind::kNone;
  int source = 0;
  Slot slot{};                // of a message
  std::uint64_t outcome = 0;  // of a slot
};

/// The parts of an agent program that cost computing time, declared where they happen. A native
/// runtime ignores them: there the code itself takes the time.
enum class Work : std::uint8_t { kHandleMessage, kHandleOutcome, kDecide };

/// Everything an agent program has: its queues, its decision slots, a clock, and its life. Calls
/// block like ordinary code. The same program runs in the simulator and natively, on the host and
/// on the SmartNIC.
class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual Instant now() = 0;

  /// Looks at every queue and slot in turn until one has something new, the deadline has come, or
  /// the host wants the agent to leave.
  virtual Event poll(Instant deadline) = 0;
  /// The host has asked the agent to leave.
  virtual bool leaving() = 0;

  /// Decision slots, one per CPU.
  virtual int slots() const = 0;
  /// Writes a decision into a slot, flag last, over whatever was there. The flag's word must differ
  /// from the previous one. `words` of the slot before the flag are meant, the first of which says
  /// the number again (`is_whole`).
  virtual void write_decision(int slot, const Slot& decision, std::size_t words) = 0;
  /// Makes the host look at the slot now: MSI-X from a NIC, a system call and an IPI on the host.
  virtual void notify(int slot) = 0;

  /// Word `index` of the table through which applications on the host tell the agent about their
  /// threads.
  virtual std::uint64_t read_word(std::int64_t index) = 0;

  /// Declares that the program is about to do this.
  virtual void charge(Work work) = 0;
  /// Counts what code did that counts its basic blocks, as part of some work that is declared
  /// later, or was before. A native runtime ignores it.
  virtual void charge_blocks(Work, std::int64_t) {}
};

}  // namespace wave
