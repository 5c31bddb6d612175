// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "experiments/measure/experiment.h"
#include "experiments/story/trace_recorder.h"

namespace story {

/// What a recorded run found of itself.
struct TracedRun {
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
};

/// Runs a load, virtual machines or memory management until the window ends, and writes what
/// happens in it into `log`. The run is the same as without: same hash. It is observed from a
/// millisecond before the window on, so that most of what goes on at its beginning is known, and no
/// sooner: what happens before costs nothing. Virtual machines are observed from their start, as
/// most CPUs do nothing for long.
///
/// Ends early, with a part of the window, once `stop` is true. Throws sim::ConfigError for measures
/// that are not one run of one system; story::one_run makes one of those that search.
TracedRun trace_run(const experiments::ExperimentParams& params, std::uint64_t seed,
                    const Window& window, sim::TraceLog& log,
                    const std::atomic<bool>* stop = nullptr);

}  // namespace story
