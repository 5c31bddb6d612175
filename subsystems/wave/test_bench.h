// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "models/core/core.h"
#include "models/memory/fixed_path.h"
#include "subsystems/wave/notifier.h"
#include "subsystems/wave/simulated_runtime.h"

/// For this folder's tests: two host cores and a NIC core that share memory of the NIC.
namespace wave::bench {

using namespace std::chrono_literals;
using memory::MemoryType;
using sim::Duration;
using sim::Time;

/// How the three parties map the shared memory.
struct Types {
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

struct Bench {
  explicit Bench(const Types& types = {})
      : agent(region, types.agent),
        messages(region, types.messages, path),
        decisions(region, types.decisions, path) {
    region.attach(&checker);
  }

  sim::Simulation sim;
  memory::Domain host{"host", {}, 2, {0ns, 107ns, 107ns, 0ns}};
  memory::Domain nic{"nic", {.last_level = 35ns, .dram = 115ns}, 1, {0ns}};
  memory::Checker checker;
  memory::Region region{sim, "queues", nic, sim::Bytes{64 * 1024}};
  memory::FixedPath path{sim, 300ns, 300ns};
  memory::Mapping agent;
  memory::Mapping messages;
  memory::Mapping decisions;
  NotifierDouble notifier;
  core::Core cpu0{sim, "cpu0", host, 0, {}};
  core::Core cpu1{sim, "cpu1", host, 1, {}};
  core::Core nic0{sim, "nic0", nic, 0, {}};
};

/// Every way in which the paper maps its queues, the slow ones included.
inline std::vector<Types> all_types() {
  std::vector<Types> all;
  for (const MemoryType a : {MemoryType::kUncached, MemoryType::kWriteBack})
    for (const MemoryType m : {MemoryType::kUncached, MemoryType::kWriteCombining})
      for (const MemoryType d : {MemoryType::kUncached, MemoryType::kWriteThrough})
        all.push_back({.agent = a, .messages = m, .decisions = d});
  return all;
}

}  // namespace wave::bench
