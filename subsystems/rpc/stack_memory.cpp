// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/stack_memory.h"

#include <algorithm>

#include "subsystems/rpc/header_words.h"

namespace rpc {

using wave::kSlotBytes;
using wave::QueuePlace;

namespace {

/// Each worker has one entry at most, and a producer asks for half a queue at a time: that is
/// always free.
std::int64_t entries_for(int workers) {
  constexpr std::int64_t kLeast = 64;  // seldom asked about
  return std::max<std::int64_t>(kLeast, 2 * std::int64_t{workers});
}

std::int64_t end_of(const QueuePlace& place) {
  return place.offset + place.bytes();
}

}  // namespace

StackMemory::StackMemory(core::Core& stack, int workers, int worker_cpus,
                         const ChannelParams& params, memory::Path* across)
    : params_(params),
      worker_cpus_(worker_cpus),
      queue_entries_(entries_for(workers)),
      body_lines_(params.payload == PayloadPath::kNic ? params.body_room : 0),
      region_(stack.simulation(), "stack", stack.domain(), sim::Bytes{reply_body(workers)},
              stack.domain().node(stack.index())),
      own_(region_, memory::MemoryType::kWriteBack),
      transmit_(own_, transmit_ring()) {
  if (across != nullptr) workers_.emplace(region_, params.reply_mapping, *across);
  for (int cpu = 0; cpu < worker_cpus; ++cpu)
    replies_.emplace_back(workers_mapping(), reply_queue(cpu));
}

std::vector<QueuePlace> StackMemory::polled() const {
  std::vector<QueuePlace> places{receive_ring()};
  for (int cpu = 0; cpu < worker_cpus_; ++cpu) places.push_back(reply_queue(cpu));
  return places;
}

// One behind the other:

QueuePlace StackMemory::receive_ring() const {
  return {.offset = 0, .capacity = params_.receive_ring};
}

QueuePlace StackMemory::reply_queue(int cpu) const {
  return {.offset = end_of(receive_ring()) + cpu * queue_entries_ * kSlotBytes,
          .capacity = queue_entries_,
          .words = 1 + kHeaderWords};
}

QueuePlace StackMemory::transmit_ring() const {
  return {.offset = end_of(reply_queue(worker_cpus_ - 1)), .capacity = params_.transmit_ring};
}

std::int64_t StackMemory::reply_body(int worker) const {
  return end_of(transmit_ring()) + worker * body_lines_ * memory::kCacheLine;
}

ethernet::QueueHome StackMemory::home(bool in_host, std::uint64_t address) {
  return {.region = &region_,
          .receive = {.offset = receive_ring().offset, .capacity = params_.receive_ring},
          .transmit = {.offset = transmit_ring().offset, .capacity = params_.transmit_ring},
          .in_host = in_host,
          .lands = params_.lands(),
          .address = address};
}

}  // namespace rpc
