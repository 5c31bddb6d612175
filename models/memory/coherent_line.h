// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/memory/domain.h"

namespace memory {

/// Where a device's write goes.
enum class Lands : std::uint8_t { kInLastLevel, kInMemory };

/// Where the copies of one line are, and what moving it costs: a MESI directory reduced to what
/// decides time. Lines never leave a cache for want of room; what software in this simulator shares
/// is far smaller than a private cache.
class CoherentLine {
 public:
  /// A line of memory at node `home` of its domain.
  explicit CoherentLine(NodeIndex home = 0) : home_(static_cast<std::int8_t>(home)) {}

  /// Brings a copy to `core`; returns how long beyond a hit in its own cache. Zero for a hit.
  sim::Duration read(const Domain& domain, CoreIndex core) {
    if (held_by(core)) return sim::Duration{0};
    const sim::Duration cost = nearest(domain, core);
    downgrade_owner();
    sharers_.insert(core);
    return cost;
  }

  /// What `write` would cost now, without doing it.
  sim::Duration cost_to_write(const Domain& domain, CoreIndex core) const {
    if (owner_ == core) return sim::Duration{0};
    if (owner_ != kNoCore) return from(domain, owner_, core);  // which has the only copy
    sim::Duration fetch = sharers_.contains(core) ? ask_home(domain, core) : nearest(domain, core);
    // A clean copy from a neighbour does not make its home forget the others.
    if (!domain.has_one_node()) fetch = std::max(fetch, ask_home(domain, core));
    return std::max(fetch, farthest_sharer(domain, core));
  }

  /// Makes `core` the only holder; returns how long that takes.
  sim::Duration write(const Domain& domain, CoreIndex core) {
    if (owner_ == core) return sim::Duration{0};
    const sim::Duration cost = cost_to_write(domain, core);
    give_to(core);
    return cost;
  }

  /// The same without asking how long.
  void give_to(CoreIndex core) {
    sharers_.clear();
    owner_ = core;
  }

  // Accesses that leave no copy with who makes them: of devices, and of cores through uncached and
  // write-through mappings.

  /// How long after a core's store to memory it is there and no other core has an old copy.
  sim::Duration cost_to_write_through(const Domain& domain, CoreIndex core) const {
    if (domain.has_one_node()) return sim::Duration{0};
    return domain.apart(domain.node(core), home_) / 2 + farthest_copy(domain, core);
  }
  /// That store: every copy goes but the one that `core` has, if any.
  void write_through(CoreIndex core) {
    const bool held = held_by(core);
    take_copies();
    if (held) sharers_.insert(core);
  }
  /// The same for a store that leaves no copy anywhere, the last-level cache included, or a flush:
  /// memory alone has the line.
  void drop_copies() {
    take_copies();
    in_last_level_ = false;
  }

  /// A device of the domain, or a core across a link, writes the line in memory: every core's copy
  /// goes. The home's last-level cache takes the new one if such writes allocate there.
  void write_by_device(Lands lands = Lands::kInLastLevel) {
    take_copies();
    in_last_level_ = lands == Lands::kInLastLevel;
  }

  /// A device of the domain reads the line; a dirty copy moves to the last-level cache and its
  /// holder keeps a clean one. Returns how long until the data is there.
  sim::Duration read_by_device(const Domain& domain) {
    const sim::Duration snoop = dirty_elsewhere(domain);
    if (owner_ != kNoCore) in_last_level_ = true;
    downgrade_owner();
    const DomainParams& home = domain.params(home_);
    return snoop + (in_last_level_ || held_at_home(domain) ? home.last_level : home.dram);
  }

  /// A core at home reads memory past its caches; returns how much longer than from memory alone,
  /// because the newest copy is in another node. Its holder keeps a clean one.
  sim::Duration read_uncached(const Domain& domain) {
    const sim::Duration snoop = dirty_elsewhere(domain);
    downgrade_owner();
    return snoop;
  }

  CoreIndex owner() const { return owner_; }
  NodeIndex home() const { return home_; }
  bool held_by(CoreIndex core) const { return owner_ == core || sharers_.contains(core); }

 private:
  /// Those that cores have.
  void take_copies() {
    sharers_.clear();
    owner_ = kNoCore;
  }

  void downgrade_owner() {
    if (owner_ != kNoCore) sharers_.insert(owner_);
    owner_ = kNoCore;
  }

  sim::Duration nearest(const Domain& domain, CoreIndex core) const {
    if (owner_ != kNoCore) return from(domain, owner_, core);
    sim::Duration best = from_memory(domain, core);
    sharers_.for_each([&](CoreIndex s) { best = std::min(best, from(domain, s, core)); });
    return best;
  }

  sim::Duration farthest_sharer(const Domain& domain, CoreIndex core) const {
    sim::Duration most{0};
    sharers_.for_each([&](CoreIndex s) {
      if (s != core) most = std::max(most, from(domain, s, core));
    });
    return most;
  }

  sim::Duration from(const Domain& domain, CoreIndex holder, CoreIndex core) const {
    const sim::Duration way = domain.transfer(holder, core);
    if (domain.has_one_node()) return way;
    return way + domain.detour(domain.node(core), home_, domain.node(holder));
  }

  sim::Duration from_memory(const Domain& domain, CoreIndex core) const {
    const DomainParams& home = domain.params(home_);
    return through_home(domain, core, in_last_level_ ? home.last_level : home.dram);
  }

  /// A clean copy still has to ask the home agent whether it is the only one.
  sim::Duration ask_home(const Domain& domain, CoreIndex core) const {
    return through_home(domain, core, domain.params(home_).last_level);
  }

  /// What takes `there` at home, from `core`'s place.
  sim::Duration through_home(const Domain& domain, CoreIndex core, sim::Duration there) const {
    if (domain.has_one_node()) return there;
    const NodeIndex node = domain.node(core);
    const NodeIndex asked = domain.asks(home_);
    if (node != home_ || asked == kNoNode) return domain.apart(node, home_) + there;
    // Memory is read while the other node is asked.
    return std::max(there, domain.apart(home_, asked) + domain.params(asked).last_level);
  }

  sim::Duration farthest_copy(const Domain& domain, CoreIndex core) const {
    sim::Duration most{0};
    const auto look = [&](CoreIndex s) {
      if (s != core) most = std::max(most, domain.apart(home_, domain.node(s)));
    };
    if (owner_ != kNoCore) look(owner_);
    sharers_.for_each(look);
    return most;
  }

  sim::Duration dirty_elsewhere(const Domain& domain) const {
    if (owner_ == kNoCore) return sim::Duration{0};
    return domain.apart(home_, domain.node(owner_));
  }

  bool held_at_home(const Domain& domain) const {
    if (domain.has_one_node()) return !sharers_.empty();
    bool held = false;
    sharers_.for_each([&](CoreIndex s) { held = held || domain.node(s) == home_; });
    return held;
  }

  CoreIndex owner_ = kNoCore;  // the core with a modified or exclusive copy
  std::int8_t home_;
  bool in_last_level_ = false;
  CoreSet sharers_;
};

}  // namespace memory
