// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "native/words.h"
#include "subsystems/wave/agent/layout.h"

namespace native {

/// The agent's end of a decision slot: writes decisions, over whatever was there.
class DecisionWriter {
 public:
  DecisionWriter(Words memory, const wave::SlotPlace& place) : memory_(memory), place_(place) {}

  /// `words` before the flag are meant, the first of which says the number again.
  void write(const wave::Slot& decision, std::size_t words) {
    begin(decision, words);
    for (std::size_t w = wave::kFlagWord - words + 1; w < wave::kFlagWord; ++w)
      // Release: a CPU that sees this word of a decision, in the middle of reading the one before,
      // sees the new number in the first word too, and knows.
      word(w).store(decision[w], std::memory_order_release);
    // Release: who sees the flag sees the words.
    word(wave::kFlagWord).store(decision[wave::kFlagWord], std::memory_order_release);
  }
  /// The first step of `write`, after which what was in the slot is no decision any more.
  void begin(const wave::Slot& decision, std::size_t words) {
    const std::size_t first = wave::kFlagWord - words;
    word(first).store(decision[first], std::memory_order_relaxed);  // before those that release it
  }

  /// Read in `order`: acquire, or seq_cst by an agent that has said that it will sleep.
  std::uint64_t outcome(std::memory_order order = std::memory_order_acquire) const {
    return memory_.at(place_.outcome()).load(order);
  }

 private:
  std::atomic_ref<std::uint64_t> word(std::size_t w) const {
    return memory_.at(place_.decision() + 8 * static_cast<std::int64_t>(w));
  }

  Words memory_;
  wave::SlotPlace place_;
};

/// The host's end: one CPU polls it, and answers with the outcome. As
/// subsystems/wave/decision_slot.h, in memory where no cache is stale: there is nothing to prefetch
/// and nothing to flush.
class DecisionReader {
 public:
  DecisionReader(Words memory, const wave::SlotPlace& place) : memory_(memory), place_(place) {}

  /// The decision in the slot, unless it was seen before; not one that the next is being written
  /// over.
  std::optional<wave::Slot> poll(std::size_t words) {
    // Acquire: the words below are those of this decision, or of a later one.
    const std::uint64_t flag = word(wave::kFlagWord).load(std::memory_order_acquire);
    if (flag == seen_) return std::nullopt;
    seen_ = flag;
    wave::Slot slot{};
    slot[wave::kFlagWord] = flag;
    const std::size_t first = wave::kFlagWord - words;
    for (std::size_t w = wave::kFlagWord; w-- > first;)
      // Acquire: the first word is read after the others, and is as new as any of them.
      slot[w] = word(w).load(std::memory_order_acquire);
    if (!wave::is_whole(flag, slot[first])) return std::nullopt;
    return slot;
  }

  /// Tells the agent what became of the decision. seq_cst for the same reason as a message's flag.
  void answer(std::uint64_t outcome) {
    memory_.at(place_.outcome()).store(outcome, std::memory_order_seq_cst);
  }

  /// The slot lies elsewhere from now on and is empty.
  void move_to(const wave::SlotPlace& place) {
    place_ = place;
    seen_ = 0;
  }

 private:
  std::atomic_ref<std::uint64_t> word(std::size_t w) const {
    return memory_.at(place_.decision() + 8 * static_cast<std::int64_t>(w));
  }

  Words memory_;
  wave::SlotPlace place_;
  std::uint64_t seen_ = 0;
};

}  // namespace native
