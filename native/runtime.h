// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "native/clock.h"
#include "native/decision_slot.h"
#include "native/message_queue.h"
#include "native/place.h"
#include "native/sleep_flag.h"
#include "subsystems/wave/agent/runtime.h"

namespace native {

/// An agent's end of its queues and slots, in memory that it shares with its host: another process
/// or other threads of its own.
///
/// It polls as the simulated agent does, one word after the other. When it has found nothing for
/// `spin` it sleeps until the host writes something, so that a machine with few cores is not kept
/// from its work; 0: it sleeps as soon as it has looked at everything.
class Runtime : public wave::Runtime {
 public:
  Runtime(Words memory, const Layout& layout, int place, const Clock& clock, wave::Instant spin);

  wave::Instant now() override { return clock_.now(); }
  wave::Event poll(wave::Instant deadline) override;
  bool leaving() override {
    return memory_.at(place_.leaving()).load(std::memory_order_relaxed) != 0;
  }
  int slots() const override { return static_cast<int>(slots_.size()); }
  void write_decision(int slot, const wave::Slot& decision, std::size_t words) override {
    slots_[static_cast<std::size_t>(slot)].writer.write(decision, words);
  }
  void notify(int slot) override;
  std::uint64_t read_word(std::int64_t index) override {
    // Acquire: whatever the application wrote before it is there too.
    return memory_.at(layout_.table().word(index)).load(std::memory_order_acquire);
  }
  void charge(wave::Work) override {}  // the code itself takes the time

  // Beside the agent API, for who makes the program:
  /// Runs whenever polling finds nothing at first: there is time for it then.
  void when_idle(std::function<void()> f) { when_idle_ = std::move(f); }
  /// Shows the host a number of the agent's, which outlives it.
  void show(int statistic, std::int64_t value) {
    memory_.at(place_.statistics() + 8 * std::int64_t{statistic})
        .store(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
  }
  /// Tells the host that the program is there and will poll.
  void say_ready() { memory_.at(place_.ready()).store(1, std::memory_order_release); }
  DecisionWriter& writer(int slot) { return slots_[static_cast<std::size_t>(slot)].writer; }

 private:
  struct Slot {
    DecisionWriter writer;
    std::uint64_t outcome = 0;  // when last looked at
  };

  bool look_round(wave::Event& event, std::memory_order order);
  bool look(std::size_t source, wave::Event& event, std::memory_order order);
  bool sleep(wave::Event& event, wave::Instant deadline);

  Words memory_;
  Layout layout_;
  Place place_;
  Clock clock_;
  wave::Instant spin_;
  SleepFlag asleep_;
  std::vector<Consumer> queues_;
  std::vector<Slot> slots_;
  std::size_t cursor_ = 0;  // queues first, then slots
  std::function<void()> when_idle_;
};

}  // namespace native
