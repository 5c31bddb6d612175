// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/trace_run.h"

#include <algorithm>
#include <map>

#include "experiments/system/tiered_server.h"
#include "experiments/system/vm_host.h"
#include "sim/config_error.h"

namespace story {

using experiments::ExperimentParams;
using experiments::Measure;
using namespace std::chrono_literals;

namespace {

constexpr sim::Duration kLeadIn = 1ms;

/// A link decides late which packets have left.
void settle(auto& system) {
  system.link_stats();
}
void settle(experiments::TieredServer&) {}

/// One run until its window ends or somebody stops it.
class Recorder {
 public:
  Recorder(TraceRecorder& recorder, const Window& window, const std::atomic<bool>* stop)
      : recorder_(recorder), window_(window), stop_(stop) {}

  template <class System>
  TracedRun record(System& system, sim::Duration lead_in) {
    for (const experiments::CorePlace& place : system.cores()) recorder_.add_core(place);
    if (window_.begin - sim::Time{} > lead_in) run_until(system, window_.begin - lead_in);
    system.observe(recorder_.observers());
    run_until(system, window_.end);
    settle(system);
    recorder_.finish();
    system.observe({});
    return {.trace_hash = system.simulation().hash(), .events = system.simulation().events()};
  }

 private:
  void run_until(auto& system, sim::Time end) {
    constexpr sim::Duration kBetweenLooks = 1ms;
    for (sim::Time now = system.simulation().now(); now < end && !stopped();)
      system.run_until(now = std::min(now + kBetweenLooks, end));
  }
  bool stopped() const { return stop_ != nullptr && stop_->load(); }

  TraceRecorder& recorder_;
  const Window window_;
  const std::atomic<bool>* stop_;
};

/// vCPUs of a VM are numbered as they were made.
void add_vcpus(const experiments::VmHost& host, TraceRecorder& recorder) {
  std::map<std::int32_t, int> made;
  const std::vector<std::int32_t> vm_of = host.vm_of();
  for (std::size_t thread = 1; thread < vm_of.size(); ++thread)
    recorder.add_vcpu(static_cast<std::int64_t>(thread), vm_of[thread], made[vm_of[thread]]++);
}

}  // namespace

TracedRun trace_run(const ExperimentParams& params, std::uint64_t seed, const Window& window,
                    sim::TraceLog& log, const std::atomic<bool>* stop) {
  switch (params.run.measure) {
    case Measure::kLoad: {
      experiments::Server server(params.machine, params.system, params.workload, seed,
                                 params.faults, params.rpc);
      TraceRecorder recorder(server.simulation(), log, window);
      recorder.add_words(SharedWords(server.queues().region(), server.layout()));
      return Recorder(recorder, window, stop).record(server, kLeadIn);
    }
    case Measure::kVm: {
      experiments::VmHost host(params.machine, params.system, params.vm, seed);
      TraceRecorder recorder(host.simulation(), log, window);
      recorder.add_words(SharedWords(host.queues().region(), host.layout()));
      add_vcpus(host, recorder);
      return Recorder(recorder, window, stop).record(host, sim::Duration::max());
    }
    case Measure::kMemory: {
      experiments::TieredServer server(params.machine, params.system.placement, params.memory, seed,
                                       params.faults);
      TraceRecorder recorder(server.simulation(), log, window);
      return Recorder(recorder, window, stop).record(server, kLeadIn);
    }
    default:
      throw sim::ConfigError("run.measure", "is not one run of one system, which a trace shows",
                             "set run.measure=load (and workload.arrivals.rate), vm or memory");
  }
}

}  // namespace story
