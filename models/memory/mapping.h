// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "models/memory/path.h"

namespace memory {

/// A mapping that hardware would refuse or that would corrupt memory; says why.
class BadMapping : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A copy of a far line in the viewing domain's caches, as write-through mappings make them. Only
/// a flush removes it: nothing on PCIe tells the cache that the far side wrote. Not modelled: a
/// prefetch of a line that was flushed while it was on its way; the next load fetches it.
struct CachedLine {
  enum class State : std::uint8_t { kInvalid, kFilling, kValid };

  State state = State::kInvalid;
  bool dropped = false;       // flushed or stored to while filling: it goes when it comes
  sim::Time stored{};         // when the last store to it sets out; what is read before is old
  std::uint64_t version = 0;  // of the home's line when it was read; only with a checker
  bool torn = false;          // filled while a write was half done
  std::array<std::byte, kCacheLine> bytes{};

  /// Somebody who waits until the line is filled.
  struct Waiter {
    /// `valid` unless the line was dropped meanwhile.
    void (*filled)(void* who, std::uint64_t life, bool valid) = nullptr;
    void* who = nullptr;
    std::uint64_t life = 0;  // of `who`, for whom the fill may come too late
    bool operator==(const Waiter&) const = default;
  };
  std::vector<Waiter> waiters;
};

/// How cores of one domain see a region: page-table entries with a memory type, and for a region
/// homed elsewhere the path to it.
///
/// Across a coherent path all cores are of one domain. Loads and stores of cached types are then
/// that domain's business, wherever the core; the path carries what passes the caches by.
class Mapping {
 public:
  /// The region's own domain looks: UC or WB.
  Mapping(Region& region, MemoryType type);
  /// Another domain looks across `path`: UC, WC or WT; WB only if the path is coherent.
  Mapping(Region& region, MemoryType type, Path& path);

  Region& region() const { return region_; }
  MemoryType type() const { return type_; }
  bool remote() const { return path_ != nullptr; }
  /// Whether hardware keeps cached copies true, so that none has to be flushed.
  bool coherent() const { return path_ == nullptr || path_->coherent(); }
  /// Whether a core of `node` has to cross the path for what its caches do not hold.
  bool far_from(NodeIndex node) const {
    return remote() && !(path_->coherent() && node == region_.home_node());
  }
  /// For a core of `node`.
  Path& path(NodeIndex node) const { return path_->from(node); }

  CachedLine& cached(std::int64_t offset) {
    return cache_[static_cast<std::size_t>(offset) / kCacheLine];
  }
  /// Starts, `later` from now, to read the line that holds `offset` into the cache of `node`.
  void fill(std::int64_t offset, NodeIndex node, sim::Duration later);

 private:
  Region& region_;
  MemoryType type_;
  Path* path_ = nullptr;
  std::vector<CachedLine> cache_;  // one per line; only for write-through that is not coherent
};

}  // namespace memory
