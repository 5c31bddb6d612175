// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <type_traits>

#include "native/agent.h"
#include "native/request_load.h"
#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/scheduling/cpu_stats.h"
#include "subsystems/scheduling/keeper_params.h"
#include "subsystems/scheduling/kernel_stats.h"
#include "subsystems/scheduling/policies/agent_program.h"
#include "workloads/request_stats.h"

/// A native host: schedules real work on real threads of this machine with the policies and the
/// agent program of the simulator.
namespace native {

enum class AgentIn { kProcess, kThread };

constexpr auto enum_names(std::type_identity<AgentIn>) {
  using sim::EnumName;
  return std::array{EnumName{AgentIn::kProcess, "process"}, EnumName{AgentIn::kThread, "thread"}};
}

struct HostOptions {
  int workers = 1;
  int threads = 64;
  AgentIn agent = AgentIn::kProcess;
  bool prestage = true;
  sim::Duration long_run = std::chrono::microseconds{20};
  int queue_capacity = 1024;
  sim::Duration spin = std::chrono::microseconds{20};
  bool pin = true;
  sim::Duration warm_up = std::chrono::milliseconds{100};
  sim::Duration length = std::chrono::seconds{2};
  bool fallback = true;
  sim::Duration watchdog = std::chrono::seconds{1};
  bool restart = true;
  sim::Duration restart_after = std::chrono::milliseconds{1};
  sim::Duration kill_every{0};
  sim::Duration patience = std::chrono::seconds{10};
  std::uint64_t seed = 1;

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = HostOptions;
    using sim::chosen;
    field(&P::workers, "workers", "threads of the operating system that play the host's CPUs",
          chosen("leaves a core for the agent on a machine of two"), sim::Range{1, 256});
    field(&P::threads, "threads", "request contexts that are scheduled",
          chosen("more than can be under way at once"), sim::Range{1, 10000});
    field(&P::agent, "agent", "where the agent runs: a process or a thread of its own",
          chosen("a process: it can be killed"));
    field(&P::prestage, "prestage", "the agent leaves the next decision in a busy CPU's slot",
          chosen("as in the simulated systems"));
    field(&P::long_run, "long_run",
          "a thread that has run for this long may run long yet: nothing is staged behind it",
          chosen("as in the simulated systems"), sim::Range{1us, 1s});
    field(&P::queue_capacity, "queue_capacity", "entries of each message queue",
          chosen("a new agent is told of all threads at once"), sim::Range{2, 1 << 20});
    field(&P::spin, "spin", "how long agent and workers look for something to do before they sleep",
          chosen("no longer than a futex's wake-up takes"), sim::Range{0s, 1s});
    field(&P::pin, "pin", "workers and agent each get a core of their own, if there are enough",
          chosen("as CPUs are"));
    field(&P::warm_up, "warm_up", "what is counted begins after this", chosen("caches, clocks"));
    field(&P::length, "length", "for how long requests come, after the warm-up",
          chosen("long enough for a p99"));
    field(&P::fallback, "fallback",
          "without an agent the host schedules by itself, first come, first served; else threads "
          "wait for the next agent",
          chosen("ghOSt's enclaves fall back to CFS"));
    field(&P::watchdog, "watchdog",
          "an agent that lets a runnable thread wait for this long is given up; 0 s: never",
          chosen("far above what a busy machine does to a thread"));
    field(&P::restart, "restart", "start another agent when one is gone", chosen("a switch"));
    field(&P::restart_after, "restart_after", "from an agent's end to the start of another",
          chosen("a supervisor's pause"));
    field(&P::kill_every, "kill_every",
          "a fault: the agent's process is killed with SIGKILL at random instants, so far apart in "
          "the mean; 0 s: never",
          chosen("off"));
    field(&P::patience, "patience", "how long the end waits for requests that make no progress",
          chosen("then the run has failed"));
    field(&P::seed, "seed", "of the load and of faults", chosen("as in experiments"));
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const HostOptions& options);

/// What became of it; the names are the simulator's where they mean the same.
struct HostStats {
  workloads::RequestStats requests;
  Executions executions;
  scheduling::CpuStats cpus;
  scheduling::KernelStats kernel;
  scheduling::AgentStats agent;
  scheduling::KeeperStats keeper;
  std::int64_t kills = 0;
  int pinned = 0;
  std::int64_t growth = 0;
  sim::Duration measured{};

  static void describe(auto&& stat) {
    using S = HostStats;
    stat(&S::requests, "requests", "requests after the warm-up");
    stat(&S::executions, "executions", "how often requests were carried out, from the beginning");
    stat(&S::cpus, "cpus", "of all workers; work is not counted");
    stat(&S::kernel, "kernel", "messages and transactions");
    stat(&S::agent, "agent", "of all agents, from the beginning, as far as they have told");
    stat(&S::keeper, "keeper", "what became of agents, from the beginning");
    stat(&S::kills, "kills", "agents that were killed on purpose");
    stat(&S::pinned, "pinned", "workers and agents that have a core of their own");
    stat(&S::growth, "growth",
         "requests under way when the last had come, less those when the warm-up was over");
    stat(&S::measured, "measured", "from the end of the warm-up until the last request was done");
  }
  double throughput_krps() const;
};

/// Runs a host with agents that `make_agent` makes (`scheduling_agent` in agent.h for a policy)
/// under the requests that `next` gives, until these are done or `stop` is set. What an agent
/// throws ends the run and is thrown here, a sim::ConfigError as one. Before this the process
/// should have no threads if agents are to be processes.
HostStats run_host(const HostOptions& options, const MakeAgent& make_agent, const NextRequest& next,
                   const std::atomic<bool>& stop);

/// With a policy, which is made anew for each agent, in the agent's process.
HostStats run_host(const HostOptions& options, const MakePolicy& make_policy,
                   const NextRequest& next, const std::atomic<bool>& stop);

}  // namespace native
