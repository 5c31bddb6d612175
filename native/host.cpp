// SPDX-License-Identifier: Apache-2.0
#include "native/host.h"

#include <algorithm>
#include <optional>
#include <sched.h>
#include <thread>
#include <vector>

#include "native/agent_launcher.h"
#include "native/keeper.h"
#include "native/shared_memory.h"
#include "native/worker.h"
#include "sim/config_error.h"
#include "sim/distributions.h"
#include "sim/parameters.h"
#include "sim/random.h"

namespace native {

using namespace std::chrono_literals;

void check(const HostOptions& o) {
  using sim::require;
  sim::require_in_range(o);
  require(o.queue_capacity > o.threads, "queue_capacity", "does not hold a message of each thread",
          "give more than threads");
  require(o.length >= 10ms, "length", "is too short to count anything", "give at least 10 ms");
  require(o.kill_every == sim::Duration{0} || o.agent == AgentIn::kProcess, "kill_every",
          "a thread cannot be killed", "give --agent process");
}

double HostStats::throughput_krps() const {
  return static_cast<double>(requests.completed) / sim::to_seconds(measured) / 1e3;
}

namespace {

/// The cores that this process may use, in order.
std::vector<int> allowed_cores() {
  cpu_set_t set;
  std::vector<int> cores;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &set)) cores.push_back(i);
  return cores;
}

/// The calling thread to a core of its own.
void pin_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

class Host {
 public:
  Host(const HostOptions& options, const MakeAgent& make)
      : options_(options),
        cores_(allowed_cores()),
        // Whoever makes and looks after all this is little at work; it takes what is left.
        pins_(options.pin && std::ssize(cores_) > options.workers),
        parts_{.memory = memory_.words(),
               .layout = layout_,
               .clock = {},
               .spin = options.spin,
               .make = pinned(make)},
        launcher_(options.agent == AgentIn::kProcess ? launch_processes(parts_)
                                                     : launch_threads(parts_)) {}

  HostStats run(const NextRequest& next, const std::atomic<bool>& stop);

 private:
  int generator_queue() const { return options_.workers; }
  int keeper_queue() const { return options_.workers + 1; }
  MakeAgent pinned(const MakeAgent& make) const;
  void work(int cpu);
  void keep();
  void kill_at_random();
  HostStats counted() const;

  const HostOptions options_;
  const Layout layout_{Shape{.cpus = options_.workers,
                             .queues = options_.workers + 2,
                             .queue_capacity = options_.queue_capacity,
                             .table_words = options_.threads + 1}};
  SharedMemory memory_{layout_.bytes()};
  const std::vector<int> cores_;
  const bool pins_;
  const AgentParts parts_;
  const std::unique_ptr<AgentLauncher> launcher_;  // before there are threads
  Kernel kernel_{parts_.memory,
                 layout_,
                 parts_.clock,
                 {.prestage = options_.prestage, .fallback = options_.fallback}};
  RequestLoad load_{
      {.threads = options_.threads, .warm_up = options_.warm_up, .length = options_.length},
      kernel_,
      parts_.memory,
      layout_.table(),
      parts_.clock,
      generator_queue()};
  Keeper keeper_{{.watchdog = options_.watchdog,
                  .restart = options_.restart,
                  .restart_after = options_.restart_after,
                  .fallback = options_.fallback},
                 kernel_,
                 *launcher_,
                 parts_,
                 keeper_queue()};
  std::atomic<bool> load_is_over_ = false;
  std::atomic<bool> given_up_ = false;
  sim::Stream faults_{options_.seed, "native.kills"};
  std::optional<Instant> kill_at_;
  std::int64_t kills_ = 0;
  HostStats at_warm_up_;  // written by the generator, read when it is gone
  Instant measured_from_{};
};

/// The agent gets the core behind the workers'.
MakeAgent Host::pinned(const MakeAgent& make) const {
  if (!pins_) return make;
  const int core = cores_[static_cast<std::size_t>(options_.workers)];
  return [make, core](Runtime& runtime) {
    pin_to(core);
    return make(runtime);
  };
}

HostStats Host::run(const NextRequest& next, const std::atomic<bool>& stop) {
  load_.enter_threads();
  keeper_.start();
  std::vector<std::thread> cpus;
  for (int i = 0; i < options_.workers; ++i) cpus.emplace_back([this, i] { work(i); });
  load_.at_warm_up([this] {
    at_warm_up_ = counted();
    measured_from_ = parts_.clock.now();
  });
  std::thread generator([&] {
    // An agent that has failed ends the load.
    const auto unless_failed = [&] {
      return parts_.failure->noted() || given_up_ ? std::optional<Request>{} : next();
    };
    load_.run(unless_failed, stop, options_.patience);
    load_is_over_ = true;
  });
  std::exception_ptr no_agent;  // could be started any more
  try {
    keep();
  } catch (...) {
    no_agent = std::current_exception();
    given_up_ = true;
  }
  generator.join();
  const Instant end = parts_.clock.now();
  if (no_agent == nullptr) keeper_.end(options_.patience);
  kernel_.stop();
  for (std::thread& cpu : cpus) cpu.join();
  if (no_agent != nullptr) std::rethrow_exception(no_agent);
  kernel_.check_invariants();
  parts_.failure->rethrow();

  HostStats stats = counted();
  stats.growth = load_.left() - (at_warm_up_.requests.arrived - at_warm_up_.requests.completed);
  stats.requests = stats.requests - at_warm_up_.requests;
  stats.cpus = stats.cpus - at_warm_up_.cpus;
  stats.kernel = stats.kernel - at_warm_up_.kernel;
  stats.executions = load_.executions();
  stats.agent = keeper_.agent_stats();
  stats.keeper = keeper_.stats();
  stats.kills = kills_;
  stats.pinned = pins_ ? options_.workers + 1 : 0;
  stats.measured = end - measured_from_;
  return stats;
}

void Host::work(int cpu) {
  if (pins_) pin_to(cores_[static_cast<std::size_t>(cpu)]);
  Worker(kernel_, cpu, parts_.clock, options_.spin).run();
}

/// What this thread does while the others work.
void Host::keep() {
  constexpr auto kLookEvery = 1ms;
  while (!load_is_over_) {
    keeper_.look();
    if (options_.kill_every > sim::Duration{0}) kill_at_random();
    std::this_thread::sleep_for(kLookEvery);
  }
}

/// The keeper is not told: it finds out.
void Host::kill_at_random() {
  const Instant now = parts_.clock.now();
  if (kill_at_ && now < *kill_at_) return;
  if (kill_at_ && keeper_.serving()) {
    launcher_->kill(*keeper_.serving());
    ++kills_;
  }
  kill_at_ = now + sim::Exponential(options_.kill_every)(faults_);
}

HostStats Host::counted() const {
  HostStats stats;
  stats.requests = load_.stats();
  stats.cpus = kernel_.cpu_stats();
  stats.kernel = kernel_.stats();
  return stats;
}

}  // namespace

HostStats run_host(const HostOptions& options, const MakeAgent& make_agent, const NextRequest& next,
                   const std::atomic<bool>& stop) {
  check(options);
  return Host(options, make_agent).run(next, stop);
}

HostStats run_host(const HostOptions& options, const MakePolicy& make_policy,
                   const NextRequest& next, const std::atomic<bool>& stop) {
  return run_host(
      options,
      scheduling_agent(make_policy, {.prestage = options.prestage, .long_run = options.long_run}),
      next, stop);
}

}  // namespace native
