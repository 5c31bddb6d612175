// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/faulty_runtime.h"

#include <algorithm>

#include "subsystems/wave/agent/scheduling.h"

namespace wave {

using scheduling::Transaction;

namespace {

/// Where the host looks for it: what does not say its number twice is no decision at all.
void put_number(Slot& slot, std::uint64_t number) {
  std::uint64_t& first = slot[kFlagWord - scheduling::kTransactionWords];
  first = (number << 32) | (first & 0xffffffff);
  slot[kFlagWord] = number;
}

}  // namespace

FaultyRuntime::FaultyRuntime(Runtime& sound, core::Core& core, std::uint64_t seed)
    : AgentFaults(seed, "agent faults"), sound_(sound), core_(core) {}

Event FaultyRuntime::poll(Instant deadline) {
  wait_out_hang();
  const Event event = sound_.poll(deadline);
  wait_out_hang();
  return event;
}

void FaultyRuntime::charge(Work work) {
  wait_out_hang();
  slowly(core_, [&] { sound_.charge(work); });
}

void FaultyRuntime::charge_blocks(Work part_of, std::int64_t blocks) {
  wait_out_hang();
  slowly(core_, [&] { sound_.charge_blocks(part_of, blocks); });
}

void FaultyRuntime::notify(int slot) {
  wait_out_hang();
  in_system_call_ = true;
  slowly(core_, [&] { sound_.notify(slot); });
  in_system_call_ = false;
  if (over_) leave_for_good();
}

void FaultyRuntime::leave_for_good() {
  core_.sync();
  core_.simulation().after(sim::Duration{0}, std::exchange(over_, nullptr));
  for (;;) core_.park();
}

void FaultyRuntime::write_decision(int slot, const Slot& decision, std::size_t words) {
  constexpr std::size_t kRemembered = 16;
  wait_out_hang();
  Slot written = decision;
  if (spoils(core_.now())) {
    const auto how = random()() % static_cast<std::uint64_t>(Garbage::kCount);
    written = spoil(static_cast<Garbage>(how), slot, decision);
  }
  if (written_.size() < kRemembered)
    written_.push_back(decision);
  else
    written_[oldest_written_++ % kRemembered] = decision;
  slowly(core_, [&] { sound_.write_decision(slot, written, words); });
}

Slot FaultyRuntime::spoil(Garbage how, int& slot, const Slot& decision) {
  Transaction t = scheduling::decode_transaction(decision);
  const auto word = [this] { return static_cast<std::uint32_t>(random()()); };
  switch (how) {
    case Garbage::kUnknownThread:
      t.target = scheduling::make_gtid(100'000 + word() % 100'000, 1);
      break;
    case Garbage::kReplayed:
      if (!written_.empty())
        t = scheduling::decode_transaction(written_[random()() % written_.size()]);
      break;
    case Garbage::kStaleNumber:
      t.task_barrier -= 1 + word() % 3;
      break;
    case Garbage::kOtherSlot:
      slot = static_cast<int>(random()() % static_cast<std::uint64_t>(slots()));
      break;
    case Garbage::kNoSuchCpu:
      sound_.notify(slots() + static_cast<int>(word() % 1000));
      break;
    case Garbage::kFlags:
      t.commit_flags = word();
      t.run_flags = word();
      break;
    default: {
      Slot bits;
      std::generate(bits.begin(), bits.end(), [this] { return random()(); });
      put_number(bits, (how == Garbage::kRandomBits ? decision : bits)[kFlagWord]);
      return bits;
    }
  }
  return encode(t, decision[kFlagWord]);
}

}  // namespace wave
