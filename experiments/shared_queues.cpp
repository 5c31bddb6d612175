// SPDX-License-Identifier: Apache-2.0
#include "experiments/shared_queues.h"

namespace experiments {

wave::QueuePlace QueueLayout::queue(int number) const {
  wave::QueuePlace place{.capacity = capacity, .words = wave::scheduling::kMessageWords};
  place.offset = number * place.bytes();
  return place;
}

wave::SlotPlace QueueLayout::slot(int cpu) const {
  return {.offset = queue(queues).offset + cpu * wave::SlotPlace::kBytes};
}

SharedQueues::SharedQueues(core::Core& home, const QueueLayout& layout, const SystemParams& system,
                           memory::Path* path)
    : layout_(layout),
      region_(home.simulation(), "queues", home.domain(), layout.size(),
              home.domain().node(home.index())) {
  map(system, path);
  for (int q = 0; q < layout.queues; ++q)
    producers_.emplace_back(*message_mapping_, layout.queue(q));
  for (int cpu = 0; cpu < layout.slots; ++cpu)
    readers_.emplace_back(*decision_mapping_, layout.slot(cpu));
  table_.emplace(*message_mapping_, layout.table());
}

void SharedQueues::map(const SystemParams& system, memory::Path* path) {
  if (path == nullptr) {
    for (auto* mapping : {&agent_mapping_, &message_mapping_, &decision_mapping_})
      mapping->emplace(region_, memory::MemoryType::kWriteBack);
    return;
  }
  if (path->coherent())
    agent_mapping_.emplace(region_, system.nic_mapping, *path);
  else
    agent_mapping_.emplace(region_, system.nic_mapping);
  message_mapping_.emplace(region_, system.message_mapping, *path);
  decision_mapping_.emplace(region_, system.decision_mapping, *path);
}

void SharedQueues::give_to(wave::SimulatedRuntime& runtime) const {
  for (int q = 0; q < layout_.queues; ++q) runtime.add_queue(layout_.queue(q));
  for (int cpu = 0; cpu < layout_.slots; ++cpu) runtime.add_slot(layout_.slot(cpu));
  runtime.use_table(layout_.table());
}

}  // namespace experiments
