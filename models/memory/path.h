// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "models/memory/region.h"

namespace memory {

struct CachedLine;

/// A read on its way across a path: `into` holds the bytes when `done(context)` runs.
struct PathRead {
  Region* region = nullptr;
  std::int64_t offset = 0;
  std::span<std::byte> into;
  void (*done)(void* context) = nullptr;
  void* context = nullptr;
  CachedLine* fills = nullptr;  // the cache line that the read fills, if any
  std::uint64_t trip = 0;       // its number, for who observes the path; 0: nobody does

  /// Takes the bytes as memory holds them now; a path calls it when the read gets there. Returns
  /// how long the home domain needs before they can travel back.
  sim::Duration sample() const;
};

/// Is told what goes over a path, for a look at a run from outside. Must change nothing.
class PathObserver {
 public:
  enum class Kind : std::uint8_t { kRead, kWrite };

  virtual ~PathObserver() = default;
  /// Leaves its core `later` from now. Returns the trip's number, not 0.
  virtual std::uint64_t leaves(Kind kind, const Region& region, std::int64_t offset,
                               std::size_t size, sim::Duration later) = 0;
  /// Is at the memory now; a read's bytes can travel back after `service`.
  virtual void at_memory(std::uint64_t trip, sim::Duration service) = 0;
  /// A read's bytes are at the core now.
  virtual void back(std::uint64_t trip) = 0;
  /// The core waits no longer for a read that has not been answered.
  virtual void expired(std::uint64_t trip) = 0;
};

/// The way from the cores of one domain to memory that is homed in another: what a core's uncached
/// accesses, line fills and combined writes travel on. Writes are posted and keep their order; a
/// read never passes a write that was issued before it.
class Path {
 public:
  virtual ~Path() = default;

  /// Issues a write of at most a line, `later` from now; the bytes are copied now. It changes
  /// memory when it arrives. `complete` as in Region::write.
  virtual void write(Region& region, std::int64_t offset, std::span<const std::byte> data,
                     const std::string& who, bool complete, sim::Duration later) = 0;

  /// The same, and raises `acknowledged` to when the core knows that everyone sees it: no later
  /// than when the write leaves, since which it has its place among the others. Only where somebody
  /// answers.
  virtual void write_acknowledged(Region& region, std::int64_t offset,
                                  std::span<const std::byte> data, const std::string& who,
                                  bool complete, sim::Duration later, sim::Time& /*acknowledged*/) {
    write(region, offset, data, who, complete, later);
  }

  /// Issues a read of at most a line, `later` from now. The bytes are those that memory holds when
  /// the read gets there.
  virtual void read(const PathRead& read, sim::Duration later) = 0;

  /// The same way for a core of `node`; those of other nodes than the first may be further from it.
  Path& from(NodeIndex node) {
    return from_other_nodes_ == nullptr || node == 0 ? *this : *from_other_nodes_;
  }

  /// Whether hardware keeps copies of the far memory coherent across this path.
  virtual bool coherent() const { return false; }

  /// From a write's leaving the core until everyone sees it and the core knows: what a fence waits
  /// for if nothing else is on the way. Zero where writes are posted and nobody answers.
  virtual sim::Duration acknowledged_after() const { return sim::Duration{0}; }

  /// Is told from now on; nobody if it is null.
  void observe(PathObserver* observer) { observer_ = observer; }

 protected:
  explicit Path(Path* from_other_nodes = nullptr) : from_other_nodes_(from_other_nodes) {}

  std::uint64_t tell_leaves(PathObserver::Kind kind, const Region& region, std::int64_t offset,
                            std::size_t size, sim::Duration later) const {
    if (observer_ == nullptr) [[likely]]
      return 0;
    return observer_->leaves(kind, region, offset, size, later);
  }
  void tell_at_memory(std::uint64_t trip, sim::Duration service = {}) const {
    if (trip != 0 && observer_ != nullptr) [[unlikely]]
      observer_->at_memory(trip, service);
  }
  void tell_back(std::uint64_t trip) const {
    if (trip != 0 && observer_ != nullptr) [[unlikely]]
      observer_->back(trip);
  }
  void tell_expired(std::uint64_t trip) const {
    if (trip != 0 && observer_ != nullptr) [[unlikely]]
      observer_->expired(trip);
  }

 private:
  Path* const from_other_nodes_;
  PathObserver* observer_ = nullptr;
};

}  // namespace memory
