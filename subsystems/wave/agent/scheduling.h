// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "subsystems/wave/agent/slot.h"

/// What the scheduling subsystem's host side and its agents say to each other. The nouns, numbers
/// and flags are those of ghOSt's ABI.
namespace wave::scheduling {

/// Names one incarnation of a thread: `(tid << 41) | nonzero sequence`. Zero and below have
/// special meanings in a decision.
using Gtid = std::int64_t;
constexpr Gtid kUnschedule = 0;  // take the current thread off the CPU
constexpr Gtid kAgent = -1;      // run the agent
constexpr Gtid kIdle = -2;       // run nothing

constexpr Gtid make_gtid(std::int64_t tid, std::int64_t incarnation) {
  return (tid << 41) | incarnation;
}
constexpr std::int64_t tid_of(Gtid gtid) {
  return gtid >> 41;
}

using Cpu = std::int32_t;
constexpr Cpu kNoCpu = -1;

/// Counts the messages about a thread, or the wake-ups of an agent. A decision carries the value it
/// was made on; the kernel refuses it if the count has moved on.
using Barrier = std::uint32_t;

enum class MessageType : std::uint16_t {
  kNone,
  kTaskNew,
  kTaskWakeup,
  kTaskBlocked,
  kTaskYield,
  kTaskPreempt,
  kTaskDead,
  kTaskDeparted,
  kTaskAffinityChanged,
  kTaskPriorityChanged,
  kTaskOnCpu,
  kCpuTick,
  kCpuTimerExpired,
  kCpuNotIdle,
  kCpuAvailable,
  kCpuBusy,
  kAgentBlocked,
  kAgentWakeup,
  /// Not ghOSt's, where applications write this into the PrioTable: one of its threads has been
  /// given something to do. No message of the kernel's: it carries and moves no barrier.
  kTaskWork,
};

struct Message {
  // Bits of `flags`; which ones mean something depends on the type.
  static constexpr std::uint32_t kRunnable = 1u << 0;
  static constexpr std::uint32_t kDeferrable = 1u << 1;
  static constexpr std::uint32_t kWasLatched = 1u << 2;
  static constexpr std::uint32_t kWasCurrent = 1u << 3;
  static constexpr std::uint32_t kFromSwitchto = 1u << 4;
  static constexpr std::uint32_t kHasWord = 1u << 5;  // of TASK_WORK: runtime_ns is that word

  MessageType type = MessageType::kNone;
  Barrier seqnum = 0;
  Gtid gtid = 0;                // of the thread, or zero in a message about a CPU
  Cpu cpu = kNoCpu;             // where it happened; for a wake-up, where the thread ran last
  Cpu waker_cpu = kNoCpu;       // only in a wake-up
  std::int64_t runtime_ns = 0;  // of TASK_WORK: the application's word about the thread
  std::uint32_t flags = 0;
  std::int8_t nice = 0;           // only in TASK_NEW and PRIORITY_CHANGED
  std::uint16_t status_word = 0;  // only in TASK_NEW: its place in the enclave's table
};

constexpr std::size_t kMessageWords = 5;
Slot encode(const Message& message, std::uint64_t flag);
Message decode_message(const Slot& slot);

/// What a decision may ask for besides its target; values as in ghOSt's ABI.
enum CommitFlags : std::uint32_t {
  kCommitAtSchedule = 1u << 0,   // when the CPU next schedules with nothing better to run
  kCommitAtTxnCommit = 1u << 1,  // now, by the CPU that submits it
  kAllowTaskOncpu = 1u << 2,
  kElideAgentBarrierInc = 1u << 3,
  kIncAgentBarrierOnFailure = 1u << 4,
  kElidePreempt = 1u << 5,
  kSendTaskOnCpu = 1u << 6,
  kDeferLatchedPreemptionByAgent = 1u << 7,
  kDoNotPreempt = 1u << 8,
  kNeedCpuNotIdle = 1u << 9,
};

/// On which edges a CPU returns to its local agent (RTLA): nothing to run, or what the decision put
/// there lost its CPU, went to sleep or yielded.
enum RunFlags : std::uint32_t {
  kRtlaOnIdle = 1u << 0,
  kRtlaOnPreempt = 1u << 1,
  kRtlaOnBlocked = 1u << 2,
  kRtlaOnYield = 1u << 3,
};

/// The state of a transaction: ready, claimed by CPU n (n >= 0), or committed (negative).
using TransactionState = std::int32_t;
constexpr TransactionState kReady = std::numeric_limits<std::int32_t>::max();
constexpr TransactionState kComplete = std::numeric_limits<std::int32_t>::min();
constexpr TransactionState kAborted = kComplete + 1;
constexpr TransactionState kTargetOncpu = kComplete + 2;
constexpr TransactionState kTargetStale = kComplete + 3;
constexpr TransactionState kTargetNotFound = kComplete + 4;
constexpr TransactionState kTargetNotRunnable = kComplete + 5;
constexpr TransactionState kAgentStale = kComplete + 6;
constexpr TransactionState kCpuOffline = kComplete + 7;
constexpr TransactionState kCpuUnavail = kComplete + 8;
constexpr TransactionState kInvalidFlags = kComplete + 9;
constexpr TransactionState kInvalidTarget = kComplete + 10;
constexpr TransactionState kNotPermitted = kComplete + 11;
constexpr TransactionState kInvalidCpu = kComplete + 12;
constexpr TransactionState kNoAgent = kComplete + 13;
constexpr TransactionState kUnsupportedVersion = kComplete + 14;
constexpr TransactionState kPoisoned = kComplete + 15;

constexpr bool committed(TransactionState state) {
  return state < 0;
}
const char* name_of(TransactionState state);

/// A decision on its way to a CPU: run this thread, if nothing has changed since.
struct Transaction {
  Gtid target = kIdle;
  Barrier task_barrier = 0;
  Barrier agent_barrier = 0;
  std::uint32_t commit_flags = 0;
  std::uint32_t run_flags = 0;
};

constexpr std::size_t kTransactionWords = 4;
Slot encode(const Transaction& transaction, std::uint64_t flag);
Transaction decode_transaction(const Slot& slot);

/// What became of a CPU's decision. One word, so that it is written and read whole.
struct Outcome {
  std::uint32_t sequence = 0;  // of the youngest decision that the CPU has looked at
  TransactionState state = kComplete;
  bool idle = false;  // the CPU found nothing to run: it wants to be notified of the next decision
};
std::uint64_t encode(const Outcome& outcome);
Outcome decode_outcome(std::uint64_t word);

}  // namespace wave::scheduling
