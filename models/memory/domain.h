// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/check.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace memory {

using namespace std::chrono_literals;

/// A core's place in its coherence domain.
using CoreIndex = int;
constexpr CoreIndex kNoCore = -1;

/// Which cores of a domain hold a copy of a line.
class CoreSet {
 public:
  static constexpr int kMost = 256;

  void insert(CoreIndex core) {
    words_[index(core)] |= bit(core);
    used_ = std::max(used_, index(core) + 1);
  }
  void erase(CoreIndex core) { words_[index(core)] &= ~bit(core); }
  bool contains(CoreIndex core) const { return (words_[index(core)] & bit(core)) != 0; }
  void clear() {
    while (used_ > 0) words_[--used_] = 0;
  }
  bool empty() const {
    return std::all_of(words_.begin(), words_.begin() + used_, [](auto w) { return w == 0; });
  }

  template <class F>
  void for_each(F f) const {
    for (std::size_t w = 0; w < used_; ++w)
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
        f(static_cast<CoreIndex>(w * 64 + static_cast<unsigned>(std::countr_zero(rest))));
  }

 private:
  static std::size_t index(CoreIndex core) { return static_cast<std::size_t>(core) / 64; }
  static std::uint64_t bit(CoreIndex core) { return std::uint64_t{1} << (core & 63); }

  std::array<std::uint64_t, kMost / 64> words_{};
  std::size_t used_ = 0;  // words that may hold something: one in most machines, none mostly
};

/// What lies behind the private caches of a domain's cores.
struct DomainParams {
  sim::Duration last_level = 14ns;
  sim::Duration dram = 105ns;
  sim::Duration shared_cache_within = 40ns;

  static void describe(auto&& field) {
    field(&DomainParams::last_level, "last_level", "load that hits the shared last-level cache",
          sim::published("hardware.md 3.1: L3 of a Zen 3 CCX, 46 cycles at 3.4 GHz"),
          sim::Range{10ns, 45ns});
    field(&DomainParams::dram, "dram", "load from the domain's own memory",
          sim::recalled("hardware.md 8.4: pointer chase on Milan, NPS1"), sim::Range{90ns, 150ns});
  }
};

/// A place with memory of its own inside a domain: a socket, or a NIC behind a coherent link.
using NodeIndex = int;
constexpr NodeIndex kNoNode = -1;

struct Node {
  DomainParams memory;
  /// More, when this node is a line's home and finds that the copy wanted is in another one.
  sim::Duration directory{0};
  /// Who has to be asked before this node's cores may use its own memory; kNoNode: nobody, the
  /// node's directory knows what others hold.
  NodeIndex asks = kNoNode;
};

/// Several nodes that coherent links join into one domain. Latencies are those of the machine's
/// graph, so that each is looked up once.
struct Joined {
  std::vector<Node> nodes;
  std::vector<NodeIndex> node_of;       // by core
  std::vector<sim::Duration> transfer;  // cores by cores
  /// Nodes by nodes: what the links between two of them add to a line's transfer, the request's
  /// way and the line's together.
  std::vector<sim::Duration> apart;
};

/// Cores and caches that hardware keeps coherent: the host's, the SmartNIC's, or both when a
/// coherent link joins them.
///
/// A line that another node holds is fetched by way of its home, which knows who has it; what a
/// node's own caches hold they hand on among themselves.
///
/// Not modelled: queueing for a link and for a home's directory.
class Domain {
 public:
  /// `transfer[a * cores + b]`: the time a line takes from the cache of core a to core b.
  Domain(std::string name, const DomainParams& params, int cores,
         std::vector<sim::Duration> transfer)
      : Domain(std::move(name),
               Joined{.nodes = {Node{.memory = params}},
                      .node_of = std::vector<NodeIndex>(static_cast<std::size_t>(cores)),
                      .transfer = std::move(transfer),
                      .apart = {sim::Duration{0}}}) {}
  Domain(std::string name, Joined joined);

  const std::string& name() const { return name_; }
  int cores() const { return cores_; }
  sim::Duration transfer(CoreIndex from, CoreIndex to) const {
    return joined_.transfer[static_cast<std::size_t>(from) * static_cast<std::size_t>(cores_) +
                            static_cast<std::size_t>(to)];
  }

  bool has_one_node() const { return nodes_ == 1; }
  NodeIndex node(CoreIndex core) const { return joined_.node_of[static_cast<std::size_t>(core)]; }
  const DomainParams& params(NodeIndex node = 0) const { return at(node).memory; }
  /// Who has to agree before the cores of `node` use its memory; kNoNode: nobody.
  NodeIndex asks(NodeIndex node) const { return at(node).asks; }
  sim::Duration apart(NodeIndex a, NodeIndex b) const {
    const int place = a * nodes_ + b;
    return joined_.apart[static_cast<std::size_t>(place)];
  }

  /// What a transfer to `reader` from `holder` takes beyond the way between them because the line
  /// is homed at `home`: the way round by it, and its directory when it is not the holder's own.
  sim::Duration detour(NodeIndex reader, NodeIndex home, NodeIndex holder) const {
    const int place = (reader * nodes_ + home) * nodes_ + holder;
    return detours_[static_cast<std::size_t>(place)];
  }

 private:
  const Node& at(NodeIndex node) const { return joined_.nodes[static_cast<std::size_t>(node)]; }
  sim::Duration find_detour(NodeIndex reader, NodeIndex home, NodeIndex holder) const;

  std::string name_;
  const Joined joined_;
  const int cores_;
  const int nodes_;
  std::vector<sim::Duration> detours_;
};

}  // namespace memory
