// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <deque>
#include <string>

#include "models/memory/path.h"
#include "sim/simulation.h"

namespace memory {

/// A path with a fixed latency each way and no limit to what is on it: for tests, and for links of
/// which nothing else is known.
class FixedPath : public Path {
 public:
  FixedPath(sim::Simulation& sim, sim::Duration there, sim::Duration back)
      : sim_(sim), there_(there), back_(back) {}

  void write(Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete) override {
    Posted& posted = posted_.emplace_back(Posted{&region, offset, data.size(), &who, complete, {}});
    std::memcpy(posted.bytes.data(), data.data(), data.size());
    sim_.after(there_, [this] { arrive(); });
  }

  void read(const PathRead& read) override {
    reads_.push_back(read);
    sim_.after(there_, [this] {
      const PathRead now = reads_.front();
      reads_.pop_front();
      sim_.after(now.sample() + back_, [done = now.done, context = now.context] { done(context); });
    });
  }

 private:
  struct Posted {
    Region* region;
    std::int64_t offset;
    std::size_t size;
    const std::string* who;
    bool complete;
    std::array<std::byte, kCacheLine> bytes;
  };

  void arrive() {
    const Posted posted = posted_.front();
    posted_.pop_front();
    posted.region->write_by_device(posted.offset, std::span(posted.bytes).first(posted.size),
                                   *posted.who, posted.complete);
  }

  sim::Simulation& sim_;
  sim::Duration there_;
  sim::Duration back_;
  std::deque<Posted> posted_;
  std::deque<PathRead> reads_;
};

}  // namespace memory
