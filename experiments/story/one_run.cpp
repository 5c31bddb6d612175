// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/one_run.h"

#include <fmt/format.h>

#include "experiments/measure/calls.h"
#include "experiments/measure/server_search.h"
#include "sim/config_error.h"
#include "sim/quantity.h"

namespace story {

using experiments::ExperimentParams;
using experiments::Measure;

namespace {

struct Found {
  double offered = 0;  // requests a second
  int cores = 0;       // of the RPC stack; 0: not looked for
};

Found search(const ExperimentParams& params, std::uint64_t seed,
             const experiments::SharedInputs& inputs) {
  switch (params.run.measure) {
    case Measure::kSaturation:
      return {.offered = experiments::find_saturation(params, seed, inputs).offered};
    case Measure::kObjective:
      return {.offered = experiments::find_objective(params, seed, inputs).offered};
    case Measure::kCapacity:
      return {.offered = experiments::kOffered *
                         experiments::find_capacity(params, seed, inputs).rate /
                         experiments::calls_per_request(params)};
    default: {
      const experiments::StackCores found = experiments::find_stack_cores(params, seed, inputs);
      return {.offered = (1 - experiments::kSpared) * found.saturation.offered,
              .cores = found.cores};
    }
  }
}

}  // namespace

bool searches(Measure measure) {
  return measure == Measure::kSaturation || measure == Measure::kObjective ||
         measure == Measure::kCapacity || measure == Measure::kStackCores;
}

OneRun one_run_of_search(const ExperimentParams& params, std::uint64_t seed,
                         const std::atomic<bool>* stop) {
  const Found found = search(params, seed, {.stop = stop});
  if (found.offered <= 0)
    throw sim::ConfigError("run.measure", "the search found no load that the system keeps up with",
                           "set run.measure=load, and workload.arrivals.rate");
  OneRun one{.params = params, .settings = "--set run.measure=load"};
  one.params.run.measure = Measure::kLoad;
  one.params.faults.clear();
  one.params.workload.arrivals.rate.per_second = found.offered;
  one.settings += fmt::format(" --set workload.arrivals.rate='{}'",
                              sim::to_text(one.params.workload.arrivals.rate));
  if (found.cores > 0) {
    one.params.rpc->cores = found.cores;
    one.settings += fmt::format(" --set rpc.cores={}", found.cores);
  }
  return one;
}

}  // namespace story
