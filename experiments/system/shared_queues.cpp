// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/shared_queues.h"

namespace experiments {

wave::QueuePlace QueueLayout::queue(int number, int place) const {
  return {.offset = place * place_bytes() + number * capacity * wave::kSlotBytes,
          .capacity = number < queues ? capacity : keeper_capacity,
          .words = wave::scheduling::kMessageWords};
}

wave::SlotPlace QueueLayout::slot(int cpu, int place) const {
  return {.offset = place * place_bytes() + queue_bytes() + cpu * wave::SlotPlace::kBytes};
}

SharedQueues::SharedQueues(core::Core& home, const QueueLayout& layout, const SystemParams& system,
                           memory::Path* path)
    : layout_(layout),
      region_(home.simulation(), "queues", home.domain(), layout.size(),
              home.domain().node(home.index())) {
  map(system, path);
  for (int q = 0; q < layout.all_queues(); ++q)
    producers_.emplace_back(*message_mapping_, layout.queue(q));
  for (int cpu = 0; cpu < layout.slots; ++cpu)
    readers_.emplace_back(*decision_mapping_, layout.slot(cpu), system.flush_decisions);
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

wave::AgentMemory SharedQueues::memory(int place) const {
  wave::AgentMemory memory{.queues = {}, .slots = {}, .table = layout_.table()};
  for (int q = 0; q < layout_.all_queues(); ++q) memory.queues.push_back(layout_.queue(q, place));
  for (int cpu = 0; cpu < layout_.slots; ++cpu) memory.slots.push_back(layout_.slot(cpu, place));
  return memory;
}

void SharedQueues::use_place(int place, core::Core& by) {
  for (int q = 0; q < layout_.all_queues(); ++q) producer(q).move_to(layout_.queue(q, place));
  for (int cpu = 0; cpu < layout_.slots; ++cpu) reader(cpu).move_to(layout_.slot(cpu, place), by);
}

}  // namespace experiments
