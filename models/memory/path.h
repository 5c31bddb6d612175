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

  /// Takes the bytes as memory holds them now; a path calls it when the read gets there. Returns
  /// how long the home domain needs before they can travel back.
  sim::Duration sample() const;
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

  /// Issues a read of at most a line, `later` from now. The bytes are those that memory holds when
  /// the read gets there.
  virtual void read(const PathRead& read, sim::Duration later) = 0;

  /// Whether hardware keeps copies of the far memory coherent across this path.
  virtual bool coherent() const { return false; }

  /// From a write's leaving the core until everyone sees it and the core knows: what a fence waits
  /// for. Zero where writes are posted and nobody answers.
  virtual sim::Duration acknowledged_after() const { return sim::Duration{0}; }
};

}  // namespace memory
