// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/trace_run.h"

#include <algorithm>

#include "experiments/tiered_server.h"
#include "sim/config_error.h"

namespace story {

using experiments::ExperimentParams;
using experiments::Measure;
using namespace std::chrono_literals;

namespace {

constexpr sim::Duration kLeadIn = 1ms;

/// A link decides late which packets have left.
void settle(experiments::Server& server) {
  server.link_stats();
}
void settle(experiments::TieredServer&) {}

template <class System>
TracedRun record(System& system, TraceRecorder& recorder, const Window& window) {
  for (const experiments::CorePlace& place : system.cores()) recorder.add_core(place);
  system.run_until(std::max(sim::Time{}, window.begin - kLeadIn));
  system.observe(recorder.observers());
  system.run_until(window.end);
  settle(system);
  recorder.finish();
  system.observe({});
  return {.trace_hash = system.simulation().hash(), .events = system.simulation().events()};
}

}  // namespace

TracedRun trace_run(const ExperimentParams& params, std::uint64_t seed, const Window& window,
                    sim::TraceLog& log) {
  switch (params.run.measure) {
    case Measure::kLoad: {
      experiments::Server server(params.machine, params.system, params.workload, seed,
                                 params.faults, params.rpc);
      TraceRecorder recorder(server.simulation(), log, window);
      recorder.add_words(SharedWords(server.queues().region(), server.layout()));
      return record(server, recorder, window);
    }
    case Measure::kMemory: {
      experiments::TieredServer server(params.machine, params.system.placement, params.memory, seed,
                                       params.faults);
      TraceRecorder recorder(server.simulation(), log, window);
      return record(server, recorder, window);
    }
    default:
      throw sim::ConfigError("run.measure", "is not one run of one system, which a trace shows",
                             "set run.measure=load (and workload.arrivals.rate), or memory");
  }
}

}  // namespace story
