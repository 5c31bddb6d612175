// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/memory/checker.h"
#include "models/memory/coherent_line.h"
#include "models/memory/memory_type.h"
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
  CoherentLine& line(std::int64_t offset) { return lines_[index(offset)]; }

  void read(std::int64_t offset, std::span<std::byte> out) const;
  /// Changes the bytes at the present instant and tells who watches the line. `who` is for the
  /// checker. `complete` is false for a part of a store that needs several bus writes.
  void write(std::int64_t offset, std::span<const std::byte> data, const std::string& who,
             bool complete = true);

  /// A write that arrives over a link: goes to memory and out of the home's caches.
  void write_by_device(std::int64_t offset, std::span<const std::byte> data, const std::string& who,
                       bool complete = true);

  void watch(std::int64_t offset, Watcher* watcher) { watchers_[index(offset)] = watcher; }

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
  const LastWrite& last_write(std::int64_t offset) const { return writes_[index(offset)]; }

 private:
  static std::size_t index(std::int64_t offset) {
    return static_cast<std::size_t>(offset / kCacheLine);
  }
  void note_write(std::int64_t offset, const std::string& who, bool complete);

  sim::Simulation& sim_;
  std::string name_;
  Domain& home_;
  const NodeIndex node_;
  std::vector<std::byte> bytes_;
  std::vector<CoherentLine> lines_;
  std::vector<Watcher*> watchers_;
  Checker* checker_ = nullptr;
  std::vector<LastWrite> writes_;  // empty without a checker
};

}  // namespace memory
