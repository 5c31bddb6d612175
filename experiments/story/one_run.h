// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "experiments/measure/experiment.h"

namespace story {

/// Whether it is a search over loads, made of many runs of which none is the measurement.
bool searches(experiments::Measure measure);

struct OneRun {
  experiments::ExperimentParams params;
  std::string settings;  // as for the command line: what gives the same run without the search
};

/// Searches as `params` says, and gives back the run of a load that stands for it: at the highest
/// load found; of `capacity`, with the tenth more that it is offered; of `stack_cores`, with the
/// fewest cores, at the load that these have to keep up with. As in the search, nothing goes wrong
/// on purpose. Throws sim::ConfigError when the system keeps up with no load, and
/// experiments::Stopped once `stop` is true.
OneRun one_run_of_search(const experiments::ExperimentParams& params, std::uint64_t seed,
                         const std::atomic<bool>* stop = nullptr);

}  // namespace story
