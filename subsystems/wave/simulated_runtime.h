// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "sim/describe.h"
#include "sim/member_wise.h"
#include "subsystems/wave/agent/runtime.h"
#include "subsystems/wave/change_set.h"
#include "subsystems/wave/decision_slot.h"
#include "subsystems/wave/message_queue.h"
#include "subsystems/wave/notifier.h"
#include "subsystems/wave/shared_table.h"

namespace wave {

using namespace std::chrono_literals;

/// What an agent program's own code costs, as time on the reference core. Declared costs: the
/// accesses to queues are modelled, not part of them.
struct AgentCosts {
  sim::Duration poll = 2ns;
  sim::Duration handle_message = 45ns;
  sim::Duration handle_outcome = 20ns;
  sim::Duration decide = 195ns;
  int loads_ahead = 0;
  bool full_polling = false;

  const sim::Duration& of(Work work) const {
    switch (work) {
      case Work::kHandleMessage:
        return handle_message;
      case Work::kHandleOutcome:
        return handle_outcome;
      case Work::kDecide:
        return decide;
    }
    sim::broken("a kind of work", __FILE__, __LINE__);
  }

  static void describe(auto&& field) {
    using sim::Range;
    field(&AgentCosts::poll, "poll", "one turn of the polling loop beside its load",
          sim::assumed("a load, a compare and a branch"), Range{1ns, 5ns});
    field(&AgentCosts::handle_message, "handle_message",
          "taking in one message: decode, look up the thread, tell the policy",
          sim::assumed("some 150 instructions"), Range{20ns, 90ns});
    field(&AgentCosts::handle_outcome, "handle_outcome", "taking in one outcome word",
          sim::assumed("some 60 instructions"), Range{10ns, 40ns});
    field(&AgentCosts::decide, "decide",
          "choosing a thread and building the transaction, without writing or sending it",
          sim::derived("the one compute input that wave.md E2's 426 ns on the NIC leaves after its "
                       "modelled accesses and the MSI-X send"),
          Range{120ns, 260ns});
    field(
        &AgentCosts::loads_ahead, "loads_ahead",
        "further words of the polling loop that the core fetches while it waits for one: their "
        "loads depend on nothing but the guess that nothing has come. 0: a load at a time",
        sim::assumed("0, with which E2's decisions were calibrated; a reorder buffer of 128 to 256 "
                     "instructions holds some 20 turns, a load buffer's misses 8 to 24"),
        Range{0, 16});
    field(&AgentCosts::full_polling, "full_polling",
          "simulate every single poll of an idle agent instead of parking it",
          sim::chosen("parking gives the same result in less time"));
  }
};

/// Where an agent's queues and slots lie.
struct AgentMemory {
  std::vector<QueuePlace> queues;
  std::vector<SlotPlace> slots;
  TablePlace table = {};  // of all agents
};

/// How long an agent took, from its first thought of a decision until it was out of its hands.
struct DecisionTime {
  std::int64_t notified = 0;
  sim::Duration notified_total{};

  static void describe(auto&& stat) {
    stat(&DecisionTime::notified, "notified",
         "decisions of which the CPU was notified: it waited, or was to be interrupted");
    stat(&DecisionTime::notified_total, "notified_total", "time the agent spent on them");
  }
  friend DecisionTime operator-(const DecisionTime& a, const DecisionTime& b) {
    return sim::difference(a, b);
  }
  friend DecisionTime operator+(const DecisionTime& a, const DecisionTime& b) {
    return sim::sum(a, b);
  }
};

/// An agent's end of its queues and slots, on a simulated core of host or NIC.
class SimulatedRuntime : public Runtime {
 public:
  SimulatedRuntime(core::Core& core, memory::Mapping& mapping, Notifier& notifier,
                   const AgentCosts& costs);
  ~SimulatedRuntime() override;

  // Wiring, before the program starts:
  void add_queue(const QueuePlace& place);
  void add_slot(const SlotPlace& place);
  void use_table(const TablePlace& place) { use_table(place, mapping_); }
  /// A table that lies elsewhere than the queues, with whoever writes it.
  void use_table(const TablePlace& place, memory::Mapping& mapping) {
    table_ = place;
    table_mapping_ = &mapping;
  }
  void use(const AgentMemory& memory);

  // The agent's calls:
  Instant now() override;
  Event poll(Instant deadline) override;
  bool leaving() override { return leaving_; }
  int slots() const override { return static_cast<int>(slots_.size()); }
  void write_decision(int slot, const Slot& decision, std::size_t words) override;
  void notify(int slot) override;
  std::uint64_t read_word(std::int64_t index) override {
    return core_.load<std::uint64_t>(*table_mapping_, table_.word(index));
  }
  void charge(Work work) override;
  void charge_blocks(Work part_of, std::int64_t blocks) override;

  // The host's:
  void ask_to_leave();

  const DecisionTime& decision_time() const { return decision_time_; }
  core::Core& core() { return core_; }
  const AgentCosts& costs() const { return costs_; }

 private:
  /// A word that the polling loop looks at: the flag of a queue's head, or a slot's outcome.
  struct Source : memory::Watcher {
    SimulatedRuntime* runtime = nullptr;
    std::size_t index = 0;
    bool is_queue = false;
    int number = 0;  // of the queue or slot
    QueuePlace queue{};
    std::int64_t head = 0;
    std::int64_t word = 0;   // offset of the word
    std::uint64_t last = 0;  // its value when last looked at; of a queue, the last entry's flag
    sim::Time here{};        // when the line arrives that was fetched ahead

    void line_changed(std::int64_t) override;
  };

  void add(Source source);
  bool waits_for_own_stores() const;
  bool look(Source& source, Event& event);
  std::uint64_t load(Source& source);
  void fetch_ahead_of(const Source& source);
  void take_message(Source& source, Event& event);
  /// The source that is looked at `steps` turns after the cursor's, at most a round; and how many
  /// turns after it `index` is.
  std::size_t after(std::size_t steps) const;
  std::size_t steps_to(std::size_t index) const;
  bool settled(const Source& source) const;
  bool skip_unchanged(sim::Time deadline);
  bool resume(sim::Time when, std::size_t index);
  sim::Time last_turn_before(sim::Time deadline) const;
  void take_last_turn(sim::Time begin);
  void look_at_own_stores();

  core::Core& core_;
  memory::Mapping& mapping_;
  Notifier& notifier_;
  const AgentCosts costs_;
  const sim::Duration overhead_;                  // of a turn, beside its load
  const sim::Duration turn_;                      // that finds its word unchanged
  std::vector<std::unique_ptr<Source>> sources_;  // watchers keep their addresses
  sim::Duration period_{};                        // of a round of such turns
  ChangeSet changed_;                             // those that a look might find changed
  std::vector<SlotPlace> slots_;
  TablePlace table_;
  memory::Mapping* table_mapping_;
  std::size_t cursor_ = 0;
  bool leaving_ = false;
  // Of the turns being skipped: when the first of them began, and the source that ends them.
  sim::Time idle_since_{};
  sim::Time deadline_{};
  std::size_t woken_by_ = 0;
  std::optional<sim::Time> resume_at_;
  std::optional<sim::Time> thinking_since_;
  std::optional<sim::Time> picking_since_;  // before that, in a policy that counts its blocks
  DecisionTime decision_time_;
};

}  // namespace wave
