// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "models/core/core.h"
#include "models/interconnect/coherent_path.h"
#include "models/memory/fixed_path.h"
#include "subsystems/wave/notifier.h"
#include "subsystems/wave/simulated_runtime.h"

/// For this folder's tests: two host cores and a NIC core that share memory of the NIC.
namespace wave::bench {

using namespace std::chrono_literals;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

/// How the three parties map the shared memory, and what lies between them.
struct Types {
  bool coherent = false;
  MemoryType agent = MemoryType::kWriteBack;
  MemoryType messages = MemoryType::kWriteCombining;
  MemoryType decisions = MemoryType::kWriteThrough;
};

/// Does what the test says when the agent notifies.
class NotifierDouble : public Notifier {
 public:
  void notify(core::Core& sender, int cpu) override {
    sender.store_fence();
    sender.sync();
    ++notified;
    if (then) then(cpu);
  }
  int notified = 0;
  std::function<void(int cpu)> then;
};

constexpr memory::DomainParams kNicMemory{.last_level = 35ns, .dram = 115ns};

/// Host cores and NIC core as one domain, the NIC its second node.
inline memory::Joined joined(const interconnect::CoherentLinkParams& link) {
  const Duration away = link.transfer();
  const Duration across = 76ns + away;
  return {.nodes = {{}, {.memory = kNicMemory, .asks = link.asks_host ? 0 : memory::kNoNode}},
          .node_of = {0, 0, 1},
          .transfer = {0ns, 107ns, across, 107ns, 0ns, across, across, across, 0ns},
          .apart = {0ns, away, away, 0ns}};
}

struct Bench {
  explicit Bench(const Types& types = {})
      : host("host", types.coherent ? joined(link) : apart()),
        region(sim, "queues", types.coherent ? host : nic, sim::Bytes{1 << 16},
               types.coherent ? 1 : 0),
        path(types.coherent ? static_cast<memory::Path&>(coherent_path) : fixed_path),
        agent(types.coherent ? memory::Mapping(region, types.agent, path)
                             : memory::Mapping(region, types.agent)),
        messages(region, types.messages, path),
        decisions(region, types.decisions, path),
        nic0(sim, "nic0", types.coherent ? host : nic, types.coherent ? 2 : 0, {}) {
    region.attach(&checker);
  }

  static memory::Joined apart() {
    return {.nodes = {{}}, .node_of = {0, 0}, .transfer = {0ns, 107ns, 107ns, 0ns}, .apart = {0ns}};
  }

  sim::Simulation sim;
  interconnect::CoherentLinkParams link;
  memory::Domain host;
  memory::Domain nic{"nic", kNicMemory, 1, {0ns}};
  memory::Checker checker;
  memory::Region region;
  memory::FixedPath fixed_path{sim, 300ns, 300ns};
  interconnect::CoherentPath coherent_path{sim, link};
  memory::Path& path;
  memory::Mapping agent;
  memory::Mapping messages;
  memory::Mapping decisions;
  NotifierDouble notifier;
  core::Core cpu0{sim, "cpu0", host, 0, {}};
  core::Core cpu1{sim, "cpu1", host, 1, {}};
  core::Core nic0;
};

/// Every way in which the paper maps its queues, the slow ones included; the same across a coherent
/// link, and all of it write-back there.
inline std::vector<Types> all_types() {
  std::vector<Types> all;
  for (const MemoryType a : {MemoryType::kUncached, MemoryType::kWriteBack})
    for (const MemoryType m : {MemoryType::kUncached, MemoryType::kWriteCombining})
      for (const MemoryType d : {MemoryType::kUncached, MemoryType::kWriteThrough})
        for (const bool coherent : {false, true})
          all.push_back({.coherent = coherent, .agent = a, .messages = m, .decisions = d});
  for (const MemoryType a : {MemoryType::kUncached, MemoryType::kWriteBack})
    all.push_back({.coherent = true,
                   .agent = a,
                   .messages = MemoryType::kWriteBack,
                   .decisions = MemoryType::kWriteBack});
  return all;
}

}  // namespace wave::bench
