// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "experiments/system_params.h"
#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/decision_slot.h"
#include "subsystems/wave/message_queue.h"
#include "subsystems/wave/shared_table.h"
#include "subsystems/wave/simulated_runtime.h"

namespace experiments {

/// Where host and agent find what they share, one behind the other: message queues, the worker
/// CPUs' first; a decision slot for each worker CPU; the table of words.
struct QueueLayout {
  int queues = 0;
  int slots = 0;
  std::int64_t capacity = 0;  // of each queue
  std::int64_t words = 0;     // of the table

  wave::QueuePlace queue(int number) const;
  wave::SlotPlace slot(int cpu) const;
  wave::TablePlace table() const { return {.offset = slot(slots).offset, .words = words}; }
  sim::Bytes size() const { return sim::Bytes{table().offset + table().bytes()}; }
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

  wave::Producer& producer(int queue) { return producers_[static_cast<std::size_t>(queue)]; }
  wave::DecisionReader& reader(int cpu) { return readers_[static_cast<std::size_t>(cpu)]; }
  wave::TableWriter& table() { return *table_; }

  /// The agent behind `runtime` polls all of it.
  void give_to(wave::SimulatedRuntime& runtime) const;

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
