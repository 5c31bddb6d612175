// SPDX-License-Identifier: Apache-2.0
#include "models/memory/region.h"

#include <cstring>
#include <utility>

namespace memory {

Region::Region(sim::Simulation& sim, std::string name, Domain& home, sim::Bytes size,
               NodeIndex node)
    : sim_(sim),
      name_(std::move(name)),
      home_(home),
      node_(node),
      bytes_(static_cast<std::size_t>(divide_up(size, {kCacheLine}) * kCacheLine)),
      lines_(bytes_.size() / kCacheLine, CoherentLine(node)),
      watchers_(lines_.size()) {}

void Region::read(std::int64_t offset, std::span<std::byte> out) const {
  SIM_CHECK(offset >= 0 && offset + std::ssize(out) <= size());
  std::memcpy(out.data(), bytes_.data() + offset, out.size());
}

void Region::write(std::int64_t offset, std::span<const std::byte> data, const std::string& who,
                   bool complete) {
  SIM_CHECK(offset >= 0 && offset + std::ssize(data) <= size());
  std::memcpy(bytes_.data() + offset, data.data(), data.size());
  const std::int64_t last = offset + std::ssize(data) - 1;
  for (std::int64_t line = offset / kCacheLine; line <= last / kCacheLine; ++line) {
    if (checker_ != nullptr) note_write(line * kCacheLine, who, complete);
    Watcher* watcher = watchers_[static_cast<std::size_t>(line)];
    if (watcher != nullptr) watcher->line_changed(line);
  }
}

void Region::write_by_device(std::int64_t offset, std::span<const std::byte> data,
                             const std::string& who, bool complete) {
  const std::int64_t last = offset + std::ssize(data) - 1;
  for (std::int64_t l = offset / kCacheLine; l <= last / kCacheLine; ++l)
    line(l * kCacheLine).write_by_device();
  write(offset, data, who, complete);
}

void Region::attach(Checker* checker) {
  checker_ = checker;
  writes_.resize(checker != nullptr ? lines_.size() : 0);
}

void Region::note_write(std::int64_t offset, const std::string& who, bool complete) {
  LastWrite& last = writes_[index(offset)];
  ++last.version;
  if (last.complete) last.at = sim_.now();  // of a torn write, when its first part arrived
  last.who = who;
  last.complete = complete;
}

}  // namespace memory
