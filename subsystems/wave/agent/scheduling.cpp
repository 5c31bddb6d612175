// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent/scheduling.h"

namespace wave::scheduling {
namespace {

constexpr std::size_t kMessageStart = kFlagWord - kMessageWords;
constexpr std::size_t kTransactionStart = kFlagWord - kTransactionWords;

std::uint64_t pair(std::uint32_t high, std::uint32_t low) {
  return (std::uint64_t{high} << 32) | low;
}
std::uint32_t high(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> 32);
}
std::uint32_t low(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}

}  // namespace

Slot encode(const Message& m, std::uint64_t flag) {
  Slot slot{};
  slot[kMessageStart + 0] = pair(m.seqnum, static_cast<std::uint32_t>(m.type));
  slot[kMessageStart + 1] = static_cast<std::uint64_t>(m.gtid);
  slot[kMessageStart + 2] =
      pair(static_cast<std::uint32_t>(m.waker_cpu), static_cast<std::uint32_t>(m.cpu));
  slot[kMessageStart + 3] = static_cast<std::uint64_t>(m.runtime_ns);
  const auto nice = static_cast<std::uint8_t>(m.nice);
  slot[kMessageStart + 4] = pair((std::uint32_t{nice} << 16) | m.status_word, m.flags);
  slot[kFlagWord] = flag;
  return slot;
}

Message decode_message(const Slot& slot) {
  return {.type = static_cast<MessageType>(low(slot[kMessageStart])),
          .seqnum = high(slot[kMessageStart]),
          .gtid = static_cast<Gtid>(slot[kMessageStart + 1]),
          .cpu = static_cast<Cpu>(low(slot[kMessageStart + 2])),
          .waker_cpu = static_cast<Cpu>(high(slot[kMessageStart + 2])),
          .runtime_ns = static_cast<std::int64_t>(slot[kMessageStart + 3]),
          .flags = low(slot[kMessageStart + 4]),
          .nice = static_cast<std::int8_t>((high(slot[kMessageStart + 4]) >> 16) & 0xff),
          .status_word = static_cast<std::uint16_t>(high(slot[kMessageStart + 4]))};
}

Slot encode(const Transaction& t, std::uint64_t flag) {
  Slot slot{};
  slot[kTransactionStart + 0] = pair(low(flag), t.task_barrier);
  slot[kTransactionStart + 1] = static_cast<std::uint64_t>(t.target);
  slot[kTransactionStart + 2] = t.agent_barrier;
  slot[kTransactionStart + 3] = pair(t.run_flags, t.commit_flags);
  slot[kFlagWord] = flag;
  return slot;
}

Transaction decode_transaction(const Slot& slot) {
  return {.target = static_cast<Gtid>(slot[kTransactionStart + 1]),
          .task_barrier = low(slot[kTransactionStart + 0]),
          .agent_barrier = low(slot[kTransactionStart + 2]),
          .commit_flags = low(slot[kTransactionStart + 3]),
          .run_flags = high(slot[kTransactionStart + 3])};
}

// The state's distance from `kComplete` fits into a byte; the top bit says idle.
std::uint64_t encode(const Outcome& o) {
  const auto distance = static_cast<std::uint32_t>(o.state - kComplete);
  return pair(o.sequence, (distance & 0xff) | (o.idle ? 1u << 31 : 0));
}

Outcome decode_outcome(std::uint64_t word) {
  return {.sequence = high(word),
          .state = kComplete + static_cast<TransactionState>(low(word) & 0xff),
          .idle = (low(word) >> 31) != 0};
}

const char* name_of(TransactionState state) {
  static constexpr const char* kNames[] = {
      "COMPLETE",      "ABORTED",          "TARGET_ONCPU",
      "TARGET_STALE",  "TARGET_NOT_FOUND", "TARGET_NOT_RUNNABLE",
      "AGENT_STALE",   "CPU_OFFLINE",      "CPU_UNAVAIL",
      "INVALID_FLAGS", "INVALID_TARGET",   "NOT_PERMITTED",
      "INVALID_CPU",   "NO_AGENT",         "UNSUPPORTED_VERSION",
      "POISONED"};
  if (state == kReady) return "READY";
  if (!committed(state)) return "CLAIMED";
  const auto index = static_cast<std::uint32_t>(state - kComplete);
  return index < 16 ? kNames[index] : "UNKNOWN";
}

}  // namespace wave::scheduling
