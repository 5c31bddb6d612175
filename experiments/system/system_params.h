// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <type_traits>

#include "experiments/policy/policy_params.h"
#include "experiments/system/agent_life_params.h"
#include "models/memory/memory_type.h"
#include "sim/describe.h"
#include "subsystems/scheduling/ticks.h"
#include "subsystems/wave/simulated_runtime.h"

namespace experiments {

using namespace std::chrono_literals;

enum class Placement { kHost, kNic, kOtherSocket, kKernel };

constexpr auto enum_names(std::type_identity<Placement>) {
  using sim::EnumName;
  return std::array{EnumName{Placement::kHost, "host"}, EnumName{Placement::kNic, "nic"},
                    EnumName{Placement::kOtherSocket, "other_socket"},
                    EnumName{Placement::kKernel, "kernel"}};
}

/// In whose memory the queues between host and agent are.
enum class QueueHome { kAgent, kHost };

constexpr auto enum_names(std::type_identity<QueueHome>) {
  using sim::EnumName;
  return std::array{EnumName{QueueHome::kAgent, "agent"}, EnumName{QueueHome::kHost, "host"}};
}

/// Who schedules the host's threads, from where, and how its queues are mapped. The four
/// mitigations of Wave are `nic_mapping`, `message_mapping`, `decision_mapping` and `prestage`.
struct SystemParams {
  Placement placement = Placement::kNic;
  int workers = 16;
  PolicyParams policy = {};
  memory::MemoryType nic_mapping = memory::MemoryType::kWriteBack;
  memory::MemoryType message_mapping = memory::MemoryType::kWriteCombining;
  memory::MemoryType decision_mapping = memory::MemoryType::kWriteThrough;
  QueueHome queue_home = QueueHome::kAgent;
  bool prestage = true;
  sim::Duration long_run = 20us;
  scheduling::Ticks ticks = scheduling::Ticks::kWhileBusy;
  sim::Duration vm_slice = 5ms;
  int queue_capacity = 256;
  wave::AgentCosts agent = {};
  sim::Duration renotify_after = 0us;
  std::optional<AgentLifeParams> life = {};
  bool check_memory = false;
  bool flush_decisions = true;

  static void describe(auto&& field) {
    using P = SystemParams;
    using sim::Range;
    field(&P::placement, "placement",
          "where the agent runs: a core of the host, of the NIC, or of the host's other socket; or "
          "\"kernel\": there is none, and the host kernel's own fair class schedules",
          sim::chosen("the question"));
    field(&P::workers, "workers", "host CPUs that run worker threads",
          sim::recalled("wave.md E4: 15 beside an agent on the host, 16 without"), Range{1, 64});
    field(&P::policy, "policy", "how the agent chooses, if there is one");
    field(&P::nic_mapping, "nic_mapping",
          "the agent's own mapping of its queues, unless it runs beside its CPUs: UC or WB",
          sim::chosen("a switch"));
    field(&P::message_mapping, "message_mapping",
          "the host's mapping of the message queues in the agent's memory: UC or WC; WB across a "
          "coherent link",
          sim::chosen("a switch"));
    field(&P::decision_mapping, "decision_mapping",
          "the host's mapping of the decision slots in the agent's memory: UC or WT; WB across a "
          "coherent link",
          sim::chosen("a switch"));
    field(
        &P::queue_home, "queue_home",
        "whose memory holds queues and slots: the agent's, or, across a coherent link, the host's",
        sim::chosen("as in Wave, whose queues are in NIC memory"));
    field(&P::prestage, "prestage",
          "leave the next decision in a busy CPU's slot, and prefetch it when its thread stops",
          sim::chosen("a switch"));
    field(&P::long_run, "long_run",
          "a thread that has run for this long may run long yet: nothing is staged behind it any "
          "more, and what is goes to a CPU that becomes idle",
          sim::assumed("twice a GET: what still runs then is likely to be a range query"),
          Range{5us, 1ms});
    field(&P::ticks, "ticks", "when a CPU of the host takes the timer's interrupt",
          sim::chosen(
              "a switch: Linux stops an idle CPU's tick; an agent on the NIC can do without"));
    field(&P::vm_slice, "vm_slice",
          "how long a vCPU keeps its CPU, and a virtual machine its core, while others wait",
          sim::assumed("a few of Linux's scheduling periods"), Range{1ms, 20ms});
    field(&P::queue_capacity, "queue_capacity", "entries of each message queue",
          sim::chosen("more than there are messages under way"), Range{16, 65536});
    field(&P::agent, "agent", "what the agent's own code costs");
    field(&P::renotify_after, "renotify_after",
          "the agent notifies a CPU again of which it hears nothing for this long; 0 ns: never",
          sim::chosen("ours; off, because interrupts are lost only by injected faults"),
          Range{0ms, 10ms});
    field(&P::life, "life",
          "agents come and go, and the host looks after them; null: there is one for ever");
    field(&P::check_memory, "check_memory", "report stale and torn reads and lost writes",
          sim::chosen("for tests: it takes time"));
    field(&P::flush_decisions, "flush_decisions",
          "a CPU that was notified drops its cached copy of the decision slot before it looks; "
          "false: it forgets to, which breaks the protocol under WT across PCIe",
          sim::chosen("for tests and lessons: the checker has something to find"));
  }
};

// The paper's mitigations one after the other, and what takes the place of the host's mappings
// where hardware keeps caches coherent.
SystemParams unoptimised();
SystemParams agent_wb();
SystemParams host_ptes();
SystemParams prestaged();
SystemParams write_back();
SystemParams write_back_prestaged();

constexpr auto presets(std::type_identity<SystemParams>) {
  using Preset = sim::Preset<SystemParams>;
  return std::array{
      Preset{"unoptimised", unoptimised}, Preset{"agent_wb", agent_wb},
      Preset{"host_ptes", host_ptes},     Preset{"prestaged", prestaged},
      Preset{"write_back", write_back},   Preset{"write_back_prestaged", write_back_prestaged}};
}

}  // namespace experiments
