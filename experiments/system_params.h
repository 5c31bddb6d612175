// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>

#include "models/memory/memory_type.h"
#include "sim/describe.h"
#include "subsystems/scheduling/ticks.h"
#include "subsystems/wave/simulated_runtime.h"

namespace experiments {

using namespace std::chrono_literals;

enum class Placement { kHost, kNic, kKernel };

constexpr auto enum_names(std::type_identity<Placement>) {
  using sim::EnumName;
  return std::array{EnumName{Placement::kHost, "host"}, EnumName{Placement::kNic, "nic"},
                    EnumName{Placement::kKernel, "kernel"}};
}

enum class PolicyKind { kFifo };

constexpr auto enum_names(std::type_identity<PolicyKind>) {
  return std::array{sim::EnumName{PolicyKind::kFifo, "fifo"}};
}

/// Who schedules the host's threads, from where, and how its queues are mapped. The four
/// mitigations of Wave are `nic_mapping`, `message_mapping`, `decision_mapping` and `prestage`.
struct SystemParams {
  Placement placement = Placement::kNic;
  int workers = 16;
  PolicyKind policy = PolicyKind::kFifo;
  memory::MemoryType nic_mapping = memory::MemoryType::kWriteBack;
  memory::MemoryType message_mapping = memory::MemoryType::kWriteCombining;
  memory::MemoryType decision_mapping = memory::MemoryType::kWriteThrough;
  bool prestage = true;
  scheduling::Ticks ticks = scheduling::Ticks::kWhileBusy;
  sim::Duration vm_slice = 5ms;
  int queue_capacity = 256;
  wave::AgentCosts agent;
  bool check_memory = false;

  static void describe(auto&& field) {
    using P = SystemParams;
    using sim::Range;
    field(&P::placement, "placement",
          "where the agent runs: on a core of the host or of the NIC; or \"kernel\": there is "
          "none, and "
          "the host kernel's own fair class schedules",
          sim::chosen("the question"));
    field(&P::workers, "workers", "host CPUs that run worker threads",
          sim::recalled("wave.md E4: 15 beside an agent on the host, 16 without"), Range{1, 64});
    field(&P::policy, "policy", "how the agent chooses, if there is one",
          sim::chosen("the question"));
    field(&P::nic_mapping, "nic_mapping",
          "the agent's own mapping of its queues in NIC memory: UC or WB", sim::chosen("a switch"));
    field(&P::message_mapping, "message_mapping",
          "the host's mapping of the message queues in NIC memory: UC or WC",
          sim::chosen("a switch"));
    field(&P::decision_mapping, "decision_mapping",
          "the host's mapping of the decision slots in NIC memory: UC or WT",
          sim::chosen("a switch"));
    field(&P::prestage, "prestage",
          "leave the next decision in a busy CPU's slot, and prefetch it when its thread stops",
          sim::chosen("a switch"));
    field(&P::ticks, "ticks", "when a CPU of the host takes the timer's interrupt",
          sim::chosen(
              "a switch: Linux stops an idle CPU's tick; an agent on the NIC can do without"));
    field(&P::vm_slice, "vm_slice",
          "how long a vCPU keeps its CPU, and a virtual machine its core, while others wait",
          sim::assumed("a few of Linux's scheduling periods"), Range{1ms, 20ms});
    field(&P::queue_capacity, "queue_capacity", "entries of each message queue",
          sim::chosen("more than there are messages under way"), Range{16, 65536});
    field(&P::agent, "agent", "what the agent's own code costs");
    field(&P::check_memory, "check_memory", "report stale and torn reads and lost writes",
          sim::chosen("for tests: it takes time"));
  }
};

}  // namespace experiments
