// SPDX-License-Identifier: Apache-2.0
#include "models/memory/mapping.h"

namespace memory {
namespace {

void filled(void* context) {
  auto& line = *static_cast<CachedLine*>(context);
  line.state = line.dropped ? CachedLine::State::kInvalid : CachedLine::State::kValid;
  const bool valid = line.state == CachedLine::State::kValid;
  for (const CachedLine::Waiter& waiter : line.waiters)
    waiter.filled(waiter.who, waiter.life, valid);
  line.waiters.clear();
}

}  // namespace

sim::Duration PathRead::sample() const {
  region->read(offset, into);
  if (fills != nullptr && region->checker() != nullptr) {
    fills->version = region->last_write(offset).version;
    fills->torn = !region->last_write(offset).complete;
  }
  return region->line(offset).read_by_device(region->home());
}

Mapping::Mapping(Region& region, MemoryType type) : region_(region), type_(type) {
  if (type == MemoryType::kWriteCombining || type == MemoryType::kWriteThrough)
    throw BadMapping(region.name() +
                     ": a domain maps its own memory UC or WB; WC and WT are modelled across a "
                     "link only");
}

Mapping::Mapping(Region& region, MemoryType type, Path& path)
    : region_(region), type_(type), path_(&path) {
  if (type == MemoryType::kWriteBack && !path.coherent())
    throw BadMapping(region.name() +
                     ": WB is not possible across PCIe: a write-back cache needs to be told when "
                     "the other side writes, and nothing on PCIe snoops host caches for a device's "
                     "own memory; use UC, WC or WT, or a coherent link");
  if (type == MemoryType::kWriteThrough && !path.coherent())
    cache_.resize(static_cast<std::size_t>(region.size() / kCacheLine));
}

void Mapping::fill(std::int64_t offset, NodeIndex node, sim::Duration later) {
  const std::int64_t start = offset / kCacheLine * kCacheLine;
  CachedLine& line = cached(offset);
  line.state = CachedLine::State::kFilling;
  line.dropped = false;
  path(node).read({.region = &region_,
                   .offset = start,
                   .into = line.bytes,
                   .done = filled,
                   .context = &line,
                   .fills = &line},
                  later);
}

}  // namespace memory
