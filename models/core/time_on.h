// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <functional>

#include "models/core/core.h"

namespace core {

/// How long `program` takes on `core` by the core's own clock, from a standing start. `run` runs
/// the simulation until it is over at least. What the program stored may become visible later.
template <std::invocable Run>
sim::Duration time_on(Core& core, const std::function<void()>& program, const Run& run) {
  sim::Duration took{};
  core.start([&] {
    const sim::Time begin = core.now();
    program();
    took = core.now() - begin;
    core.sync();
  });
  run();
  return took;
}

}  // namespace core
