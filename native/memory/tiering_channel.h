// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "native/message_queue.h"
#include "native/shared_memory.h"
#include "native/sleep_flag.h"
#include "subsystems/memory/policies/agent_runtime.h"

namespace native {

/// What one thread of a tiering agent and the host tell each other, over two of Wave's queues in
/// shared memory: the scans of a shipment, six in an entry, and what they mean; periods, moves, and
/// which iteration they answer. An entry begins with its kind and with how many there are in it.
class TieringChannel {
 public:
  /// Who does not read or answer for so long has failed.
  static constexpr std::chrono::seconds kPatience{10};

  explicit TieringChannel(std::int64_t capacity = 1024);

  static constexpr int kShipment = 1;  // ends one: what it means
  static constexpr int kScans = 2;
  static constexpr int kLeave = 3;
  static constexpr int kPeriods = 4;
  static constexpr int kToFast = 5;
  static constexpr int kToSlow = 6;
  static constexpr int kAnswer = 7;  // ends one: to which iteration

  /// One way of it, for one thread at each end. It is in memory that processes may share.
  class Way {
   public:
    Way(Words memory, std::int64_t offset, std::int64_t capacity);

    /// Waits for room; throws if there is none for long.
    void send(const wave::Slot& slot);
    /// So many in an entry as there is room for.
    template <class T>
    void send_all(int kind, std::span<const T> items);
    /// None: nothing came for so long.
    std::optional<wave::Slot> receive(std::chrono::nanoseconds patience);

    static std::int64_t bytes(std::int64_t capacity) { return (capacity + 1) * wave::kSlotBytes; }

   private:
    SleepFlag reader_;
    Producer producer_;
    Consumer consumer_;
  };
  Way& to_agent() { return to_agent_; }
  Way& to_host() { return to_host_; }

 private:
  SharedMemory memory_;
  Way to_agent_;
  Way to_host_;
};

/// An entry's kind, and what is in it.
int kind_of(const wave::Slot& slot);
template <class T>
void append_items(const wave::Slot& slot, std::vector<T>& to);

/// What ends a shipment, and makes a Bulk of the scans before it.
struct ShipmentEnd {
  std::int32_t iteration = 0;
  std::int32_t epoch = 0;
  std::int32_t ends_iteration = 0;
  std::int32_t restate = 0;
  double slow_share = 0;
};

}  // namespace native
