// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "experiments/system/system_params.h"
#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/decision_slot.h"
#include "subsystems/wave/message_queue.h"
#include "subsystems/wave/shared_table.h"
#include "subsystems/wave/simulated_runtime.h"

namespace experiments {

/// Where host and agent find what they share, one behind the other: message queues, the worker
/// CPUs' first, the keeper's last; a decision slot for each worker CPU; all that again for each
/// other place for an agent; the table of words.
struct QueueLayout {
  int queues = 0;
  int slots = 0;
  std::int64_t capacity = 0;         // of each queue
  std::int64_t keeper_capacity = 0;  // of the keeper's, which is number `queues`; 0: there is none
  int places = 1;
  std::int64_t words = 0;  // of the table

  int all_queues() const { return queues + (keeper_capacity > 0 ? 1 : 0); }
  wave::QueuePlace queue(int number, int place = 0) const;
  wave::SlotPlace slot(int cpu, int place = 0) const;
  wave::TablePlace table() const { return {.offset = places * place_bytes(), .words = words}; }
  sim::Bytes size() const { return sim::Bytes{table().offset + table().bytes()}; }

 private:
  std::int64_t queue_bytes() const {
    return (queues * capacity + keeper_capacity) * wave::kSlotBytes;
  }
  std::int64_t place_bytes() const { return queue_bytes() + slots * wave::SlotPlace::kBytes; }
};

/// The memory that an agent and its CPUs share, how either side maps it, and the host's ends of
/// what is in it.
class SharedQueues {
 public:
  /// It is in the memory next to `home`. `path` is what the agent and its CPUs have between them;
  /// none if they are neighbours, whose caches are coherent without.
  SharedQueues(core::Core& home, const QueueLayout& layout, const SystemParams& system,
               memory::Path* path);

  memory::Region& region() { return region_; }
  memory::Mapping& agent_mapping() { return *agent_mapping_; }
  memory::Mapping& message_mapping() { return *message_mapping_; }
  wave::QueuePlace place(int queue) const { return layout_.queue(queue); }
  wave::TablePlace table_place() const { return layout_.table(); }

  wave::Producer& producer(int queue) { return producers_[static_cast<std::size_t>(queue)]; }
  wave::DecisionReader& reader(int cpu) { return readers_[static_cast<std::size_t>(cpu)]; }
  wave::TableWriter& table() { return *table_; }
  const std::deque<wave::Producer>& producers() const { return producers_; }

  /// What an agent at a place polls and writes.
  wave::AgentMemory memory(int place = 0) const;
  /// From now on the host uses what is at this place, and all of it is empty; `by` is the core that
  /// sees to it.
  void use_place(int place, core::Core& by);

 private:
  void map(const SystemParams& system, memory::Path* path);

  const QueueLayout layout_;
  memory::Region region_;
  std::optional<memory::Mapping> agent_mapping_;
  std::optional<memory::Mapping> message_mapping_;
  std::optional<memory::Mapping> decision_mapping_;
  std::deque<wave::Producer> producers_;
  std::deque<wave::DecisionReader> readers_;
  std::optional<wave::TableWriter> table_;
};

}  // namespace experiments
