// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "experiments/measure/experiment.h"
#include "experiments/story/story.h"

namespace story {

/// How many decisions there are to choose a typical one from.
constexpr std::size_t kCandidates = 101;
/// More are not looked through.
constexpr std::int64_t kMostDecisions = 10'000;

/// Runs a load until the warm-up is over and tells the story of one decision after it: the one of
/// that number, counted from 1, or else that which takes the median of those among the first
/// `kCandidates` in which the CPU does nothing for others.
///
/// Throws sim::ConfigError where there is no load under a global agent, or no such decision, and
/// experiments::Stopped once `stop` is true.
Story explain(const experiments::ExperimentParams& params, std::uint64_t seed,
              std::optional<std::int64_t> decision, const std::atomic<bool>* stop = nullptr);

}  // namespace story
