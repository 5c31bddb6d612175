// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/memory/bytes.h"
#include "models/memory/checker.h"
#include "models/memory/coherent_line.h"
#include "models/memory/memory_type.h"
#include "sim/ring.h"
#include "sim/simulation.h"

namespace memory {

/// Told when the bytes of a line change. For parked polling: a core that sleeps until something can
/// change the answer of its next poll.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void line_changed(std::int64_t line) = 0;
};

/// Memory with real bytes and a home: the domain, and in it the node, whose DRAM holds them. Cores
/// of the home domain reach it through the domain's coherence, others across a link.
///
/// Not modelled: capacity and conflict misses; a line written by its home's cores and read there
/// again is always still cached.
class Region {
 public:
  Region(sim::Simulation& sim, std::string name, Domain& home, sim::Bytes size, NodeIndex node = 0);
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  const std::string& name() const { return name_; }
  Domain& home() const { return home_; }
  NodeIndex home_node() const { return node_; }
  std::int64_t size() const { return static_cast<std::int64_t>(bytes_.size()); }

  /// The directory's entry for the line that holds `offset`.
  CoherentLine& line(std::int64_t offset) {
    settle();
    return lines_[index(offset)];
  }

  /// Fetches what this computer keeps of the line, about to be looked at. A ring of queue entries
  /// does not fit its nearest caches.
  void prefetch(std::int64_t offset) const {
    __builtin_prefetch(&lines_[index(offset)], 1);
    __builtin_prefetch(&watchers_[index(offset)]);
    __builtin_prefetch(&bytes_[static_cast<std::size_t>(offset)], 1);
  }

  void read(std::int64_t offset, std::span<std::byte> out) {
    SIM_CHECK(offset >= 0 && offset + std::ssize(out) <= size());
    settle();
    copy_bytes(out.data(), bytes_.data() + offset, out.size());
  }
  /// Changes the bytes at the present instant and tells who watches the line. `who` is for the
  /// checker. `complete` is false for a part of a store that needs several bus writes.
  void write(std::int64_t offset, std::span<const std::byte> data, const std::string& who,
             bool complete = true);

  /// A write that arrives over a link: goes to memory, or the home's last-level cache, and out of
  /// the cores' caches.
  void write_by_device(std::int64_t offset, std::span<const std::byte> data, const std::string& who,
                       bool complete = true, Lands lands = Lands::kInLastLevel);

  /// What a store leaves of its line's copies: one that its core owns, the clean one that its core
  /// had, one in the home's last-level cache, or none.
  enum class Leaves : std::uint8_t { kOwnedCopy, kCleanCopy, kInLastLevel, kNoCopy };
  /// A store within a line that a core of the home has in its store buffer, and which others see
  /// from `when` on.
  struct Store {
    CoreIndex core = kNoCore;
    std::int64_t offset = 0;
    std::span<const std::byte> data;
    const std::string* who = nullptr;  // outlives the store
    bool complete = true;
    Leaves leaves = Leaves::kOwnedCopy;
  };
  /// Happens at `when`. A store to a line that nobody watches needs no entry for that: whoever
  /// looks at the region finds it done. A core's stores come in order.
  void store_at(sim::Time when, const Store& store);
  /// Drops every copy of the line when the youngest store of `core`, to it, is done at `when`.
  void flush_at(sim::Time when, CoreIndex core, std::int64_t offset);
  /// Whether a store of `core` to the line that holds `offset` is still to come.
  bool store_pending(CoreIndex core, std::int64_t offset);

  /// Tells `watcher` from now on; nobody if it is null.
  void watch(std::int64_t offset, Watcher* watcher);

  void attach(Checker* checker);
  Checker* checker() const { return checker_; }

  /// What the checker needs to know about the last write to a line.
  struct LastWrite {
    std::uint64_t version = 0;
    sim::Time at{};
    std::string who;
    bool complete = true;
  };
  /// Only with a checker attached.
  const LastWrite& last_write(std::int64_t offset) {
    settle();
    return writes_[index(offset)];
  }

 private:
  struct PendingStore {
    PendingStore(sim::Time instant, const Store& store)
        : when(instant),
          offset(store.offset),
          size(store.data.size()),
          who(store.who),
          core(store.core),
          complete(store.complete),
          leaves(store.leaves) {
      copy_bytes(bytes.data(), store.data.data(), size);
    }
    sim::Time when;
    std::int64_t offset;
    std::size_t size;
    const std::string* who;
    CoreIndex core;
    bool complete;
    Leaves leaves;
    std::array<std::byte, kCacheLine> bytes;
  };

  static std::size_t index(std::int64_t offset) {
    return static_cast<std::size_t>(offset) / kCacheLine;
  }
  /// Does what is due of the pending stores.
  void settle() {
    while (next_store_ <= sim_.now()) retire();
  }
  void retire();
  void settle_copies(const PendingStore& store);
  void settle_at(sim::Time when);
  void change(sim::Time when, std::int64_t offset, std::span<const std::byte> data,
              const std::string& who, bool complete);
  void note_write(sim::Time when, std::int64_t offset, const std::string& who, bool complete);

  sim::Simulation& sim_;
  std::string name_;
  Domain& home_;
  const NodeIndex node_;
  std::vector<std::byte> bytes_;
  std::vector<CoherentLine> lines_;
  std::vector<Watcher*> watchers_;
  sim::Ring<PendingStore> pending_;          // by instant
  sim::Time next_store_ = sim::Time::max();  // of those
  Checker* checker_ = nullptr;
  std::vector<LastWrite> writes_;  // empty without a checker
};

}  // namespace memory
