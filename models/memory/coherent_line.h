// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "models/memory/domain.h"

namespace memory {

/// Where the copies of one line are, and what moving it costs: a MESI directory reduced to what
/// decides time. Lines never leave a cache for want of room; what software in this simulator shares
/// is far smaller than a private cache.
class CoherentLine {
 public:
  /// Brings a copy to `core`; returns how long beyond a hit in its own cache. Zero for a hit.
  sim::Duration read(const Domain& domain, CoreIndex core) {
    if (owner_ == core || sharers_.contains(core)) return sim::Duration{0};
    const sim::Duration cost = nearest(domain, core);
    if (owner_ != kNoCore) sharers_.insert(owner_);
    owner_ = kNoCore;
    sharers_.insert(core);
    return cost;
  }

  /// What `write` would cost now, without doing it.
  sim::Duration cost_to_write(const Domain& domain, CoreIndex core) const {
    if (owner_ == core) return sim::Duration{0};
    // A clean copy still has to ask the home agent whether it is the only one.
    const sim::Duration fetch =
        sharers_.contains(core) ? domain.params().last_level : nearest(domain, core);
    return std::max(fetch, farthest_sharer(domain, core));
  }

  /// Makes `core` the only holder; returns how long that takes.
  sim::Duration write(const Domain& domain, CoreIndex core) {
    const sim::Duration cost = cost_to_write(domain, core);
    sharers_.clear();
    owner_ = core;
    return cost;
  }

  /// A device of the domain writes the line in memory: every core's copy goes, and the last-level
  /// cache takes the new one (device writes allocate there).
  void write_by_device() {
    sharers_.clear();
    owner_ = kNoCore;
    in_last_level_ = true;
  }

  /// A device of the domain reads the line; a dirty copy moves to the last-level cache and its
  /// holder keeps a clean one. Returns how long until the data is there.
  sim::Duration read_by_device(const Domain& domain) {
    if (owner_ != kNoCore) {
      sharers_.insert(owner_);
      owner_ = kNoCore;
      in_last_level_ = true;
    }
    return in_last_level_ || !sharers_.empty() ? domain.params().last_level : domain.params().dram;
  }

  CoreIndex owner() const { return owner_; }
  bool held_by(CoreIndex core) const { return owner_ == core || sharers_.contains(core); }

 private:
  sim::Duration nearest(const Domain& domain, CoreIndex core) const {
    if (owner_ != kNoCore) return domain.transfer(owner_, core);
    sim::Duration best = in_last_level_ ? domain.params().last_level : domain.params().dram;
    sharers_.for_each([&](CoreIndex s) { best = std::min(best, domain.transfer(s, core)); });
    return best;
  }

  sim::Duration farthest_sharer(const Domain& domain, CoreIndex core) const {
    sim::Duration most{0};
    sharers_.for_each([&](CoreIndex s) {
      if (s != core) most = std::max(most, domain.transfer(s, core));
    });
    return most;
  }

  CoreIndex owner_ = kNoCore;  // the core with a modified or exclusive copy
  bool in_last_level_ = false;
  CoreSet sharers_;
};

}  // namespace memory
