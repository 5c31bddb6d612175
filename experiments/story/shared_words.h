// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "experiments/system/shared_queues.h"

namespace story {

/// What a word that one core writes and another one reads says to it.
struct Word {
  enum class Kind : std::uint8_t {
    kMessage,   // the flag of a message queue's entry
    kDecision,  // the flag of a decision slot
    kOutcome,   // what became of a decision
    kOther,
  };
  Kind kind = Kind::kOther;
  int number = 0;  // of the queue, or of the slot's CPU
};

/// What the memory that an agent and its CPUs share holds where.
class SharedWords {
 public:
  SharedWords() = default;
  SharedWords(const memory::Region& region, const experiments::QueueLayout& layout)
      : region_(&region), layout_(layout) {}

  bool is(const memory::Region& region) const { return region_ == &region; }
  /// The word at `offset`.
  Word at(std::int64_t offset) const;

 private:
  const memory::Region* region_ = nullptr;
  experiments::QueueLayout layout_;
};

/// "TASK_WAKEUP", as in ghOSt's ABI.
const char* name_of(wave::scheduling::MessageType type);

}  // namespace story
