// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "models/memory/path.h"
#include "models/memory/posted_writes.h"
#include "sim/simulation.h"

namespace memory {

/// A path with a fixed latency each way and no limit to what is on it: for tests, and for links of
/// which nothing else is known.
class FixedPath : public Path {
 public:
  FixedPath(sim::Simulation& sim, sim::Duration there, sim::Duration back)
      : sim_(sim), there_(there), back_(back) {}

  void write(Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete, sim::Duration later) override {
    PostedWrite* write = writes_.take(region, offset, data, who, complete);
    sim_.after(later + there_, [this, write] { writes_.arrive(write); });
  }

  void read(const PathRead& read, sim::Duration later) override {
    PathRead* mine = reads_.take(read);
    sim_.after(later + there_, [this, mine] {
      sim_.after(mine->sample() + back_, [this, mine] { reads_.finish(mine); });
    });
  }

 private:
  sim::Simulation& sim_;
  sim::Duration there_;
  sim::Duration back_;
  PostedWrites writes_;
  PathReads reads_;
};

}  // namespace memory
