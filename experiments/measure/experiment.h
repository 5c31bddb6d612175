// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "experiments/system/fault_params.h"
#include "experiments/system/machine_params.h"
#include "experiments/system/memory_params.h"
#include "experiments/system/server.h"
#include "experiments/system/system_params.h"
#include "experiments/system/tiered_stats.h"
#include "sim/reflect.h"
#include "workloads/request_load.h"
#include "workloads/vm_load.h"

namespace experiments {

using namespace std::chrono_literals;

/// What one point of an experiment is asked.
enum class Measure {
  kLoad,        // how the system does under the load that the file gives
  kSaturation,  // the highest load that the system keeps up with
  kObjective,   // the highest load at which requests are answered within their SLOs
  kStackCores,  // how few cores the RPC stack needs
  kCapacity,    // what the system does when it is offered more than it can do
  kHardware,    // the machine's own microbenchmarks, without a system or a load
  kVm,          // how fast virtual machines run, and at what clock and power
  kMemory,      // what an agent for memory management keeps in the fast tier, how quickly
  kKernel,      // the host kernel's own: messages, scheduling, switches
  kDevice,      // a device's own: DMA against size and place, messages to a NIC
};

constexpr auto enum_names(std::type_identity<Measure>) {
  using sim::EnumName;
  return std::array{EnumName{Measure::kLoad, "load"},
                    EnumName{Measure::kSaturation, "saturation"},
                    EnumName{Measure::kObjective, "objective"},
                    EnumName{Measure::kStackCores, "stack_cores"},
                    EnumName{Measure::kCapacity, "capacity"},
                    EnumName{Measure::kHardware, "hardware"},
                    EnumName{Measure::kVm, "vm"},
                    EnumName{Measure::kMemory, "memory"},
                    EnumName{Measure::kKernel, "kernel"},
                    EnumName{Measure::kDevice, "device"}};
}

/// Asks a machine by itself, without a system or a load.
constexpr bool is_benchmark(Measure m) {
  return m == Measure::kHardware || m == Measure::kKernel || m == Measure::kDevice;
}

struct RunParams {
  Measure measure = Measure::kLoad;
  sim::Duration warm_up = 5ms;
  sim::Duration length = 50ms;
  int replications = 3;
  std::uint64_t seed = 1;
  sim::Duration settle = 20ms;

  static void describe(auto&& field) {
    using P = RunParams;
    using sim::Range;
    field(&P::measure, "measure", "what to find out", sim::chosen("the question"));
    field(&P::warm_up, "warm_up", "simulated time before counting begins",
          sim::chosen("hundreds of service times"), Range{0ms, 1000ms});
    field(&P::length, "length", "simulated time that is counted",
          sim::chosen("tens of thousands of requests, or some epochs"), Range{1ms, 3600s});
    field(&P::replications, "replications", "independent runs, with seeds that follow each other",
          sim::chosen("enough for an interval"), Range{1, 100});
    field(&P::seed, "seed", "of the first replication", sim::chosen("any"));
    field(&P::settle, "settle",
          "for how long after the last fault its consequences count as the fault's",
          sim::chosen("longer than a backlog takes to go"), Range{0ms, 1000ms});
  }
};

/// One resolved point: everything that a run depends on.
struct ExperimentParams {
  RunParams run;
  MachineParams machine;
  SystemParams system;
  workloads::RequestLoadParams workload;
  std::optional<RpcParams> rpc = {};
  workloads::VmLoadParams vm;
  MemoryParams memory;
  std::vector<FaultParams> faults = {};

  static void describe(auto&& field) {
    using P = ExperimentParams;
    field(&P::run, "run", "what to measure, how long, how often");
    field(&P::machine, "machine", "the machine under test");
    field(&P::system, "system", "who schedules, from where");
    field(&P::workload, "workload", "who asks for what and when");
    field(&P::rpc, "rpc",
          "an RPC stack between clients on a network and the worker threads; null: requests come "
          "from generators on the host");
    field(&P::faults, "faults", "what goes wrong, and when");
    field(&P::vm, "vm", "virtual machines, in place of the workload when these are measured");
    field(&P::memory, "memory",
          "memory management, in place of the scheduling when that is measured");
  }
};

/// Refuses combinations that no machine has and loads that nothing could offer: one line per rule.
/// Throws sim::ConfigError, which names the member. Called whenever an experiment is read.
void check(const ExperimentParams& params);

/// What the memory checker noticed (`system.check_memory`): all of it counted, the first told.
struct MemoryFindings {
  std::int64_t count = 0;
  std::vector<std::string> first = {};
};

/// What one replication of one point found. Values by name, so that every kind of measure fits;
/// each name's last word is its unit.
struct RunResult {
  std::uint64_t seed = 0;
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  bool unstable = false;  // the backlog grew: latencies say how long the run was, not more
  std::optional<ServerStats> statistics = {};               // of a load
  std::optional<RpcStats> rpc = {};                         // of its RPC side
  std::optional<TieredStats> memory = {};                   // of memory management
  std::optional<MemoryFindings> findings = {};              // if the checker was on
  std::vector<std::pair<std::string, double>> values = {};  // in a fixed order
  /// Values of spans of the run that follow each other: epochs.
  std::vector<std::vector<std::pair<std::string, double>>> series = {};
};

/// Runs one replication. Deterministic: equal parameters and seed, equal result. Throws Stopped
/// once the inputs' `stop` is true.
RunResult run_once(const ExperimentParams& experiment, std::uint64_t seed,
                   const SharedInputs& inputs = {});

}  // namespace experiments

/// Hundreds of members: described once, in experiment.cpp, and not in each file that reads them.
extern template const sim::Type& sim::type_of<experiments::ExperimentParams>();
