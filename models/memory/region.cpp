// SPDX-License-Identifier: Apache-2.0
#include "models/memory/region.h"

#include <array>
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

void Region::write(std::int64_t offset, std::span<const std::byte> data, const std::string& who,
                   bool complete) {
  settle();
  change(sim_.now(), offset, data, who, complete);
}

void Region::write_by_device(std::int64_t offset, std::span<const std::byte> data,
                             const std::string& who, bool complete, Lands lands) {
  settle();
  const std::int64_t last = offset + std::ssize(data) - 1;
  for (std::size_t l = index(offset); l <= index(last); ++l) lines_[l].write_by_device(lands);
  change(sim_.now(), offset, data, who, complete);
}

void Region::change(sim::Time when, std::int64_t offset, std::span<const std::byte> data,
                    const std::string& who, bool complete) {
  SIM_CHECK(offset >= 0 && offset + std::ssize(data) <= size());
  copy_bytes(bytes_.data() + offset, data.data(), data.size());
  const std::int64_t last = offset + std::ssize(data) - 1;
  for (std::size_t line = index(offset); line <= index(last); ++line) {
    if (checker_ != nullptr)
      note_write(when, static_cast<std::int64_t>(line) * kCacheLine, who, complete);
    if (watchers_[line] != nullptr) watchers_[line]->line_changed(static_cast<std::int64_t>(line));
  }
}

// Stores on their way out of a core

void Region::store_at(sim::Time when, const Store& store) {
  SIM_CHECK(store.data.size() <= kCacheLine);
  pending_.emplace(when, store);
  for (std::size_t n = pending_.next_number() - 1;
       n != pending_.front_number() && pending_.at(n - 1).when > when; --n)
    std::swap(pending_.at(n - 1), pending_.at(n));
  next_store_ = pending_.front().when;
  if (watchers_[index(store.offset)] != nullptr) settle_at(when);
}

void Region::flush_at(sim::Time when, CoreIndex core, std::int64_t offset) {
  const std::array<std::byte, 1> nothing{};
  store_at(when, {.core = core,
                  .offset = offset,
                  .data = std::span(nothing).first(0),
                  .leaves = Leaves::kNoCopy});
}

bool Region::store_pending(CoreIndex core, std::int64_t offset) {
  settle();
  for (std::size_t n = pending_.front_number(); n != pending_.next_number(); ++n)
    if (pending_.at(n).core == core && index(pending_.at(n).offset) == index(offset)) return true;
  return false;
}

void Region::watch(std::int64_t offset, Watcher* watcher) {
  if (watcher != nullptr) settle();
  watchers_[index(offset)] = watcher;
  if (watcher == nullptr) return;
  for (std::size_t n = pending_.front_number(); n != pending_.next_number(); ++n)
    if (index(pending_.at(n).offset) == index(offset)) settle_at(pending_.at(n).when);
}

void Region::settle_at(sim::Time when) {
  if (when <= sim_.now()) return settle();
  sim_.at(when, [this] { settle(); });
}

void Region::retire() {
  const PendingStore store = pending_.pop();
  next_store_ = pending_.empty() ? sim::Time::max() : pending_.front().when;
  settle_copies(store);
  if (store.size == 0) return;  // a flush
  change(store.when, store.offset, std::span(store.bytes).first(store.size), *store.who,
         store.complete);
}

void Region::settle_copies(const PendingStore& store) {
  CoherentLine& line = lines_[index(store.offset)];
  switch (store.leaves) {
    case Leaves::kOwnedCopy:
      return line.give_to(store.core);
    case Leaves::kCleanCopy:
      return line.write_through(store.core);
    case Leaves::kInLastLevel:
      return line.write_by_device();
    case Leaves::kNoCopy:
      return line.drop_copies();
  }
}

void Region::attach(Checker* checker) {
  checker_ = checker;
  writes_.resize(checker != nullptr ? lines_.size() : 0);
}

void Region::note_write(sim::Time when, std::int64_t offset, const std::string& who,
                        bool complete) {
  LastWrite& last = writes_[index(offset)];
  ++last.version;
  if (last.complete) last.at = when;  // of a torn write, when its first part arrived
  last.who = who;
  last.complete = complete;
}

}  // namespace memory
