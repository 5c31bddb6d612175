// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/story/parameter_book.h"
#include "experiments/story/reasons.h"
#include "sim/units.h"

namespace story {

/// Where something happens: a CPU, the agent's core, or the way between.
enum class Lane : std::uint8_t { kHost, kWithinHost, kToNic, kToHost, kNic };

/// Something that happened, from when to when, and why that long.
struct Event {
  Lane lane{};
  std::string who;       // "cpu3"
  std::string activity;  // "message: thread 17"; what the program said that it is about
  std::string what;      // "store WC, 64 B: TASK_BLOCKED thread 17"
  sim::Time begin{};
  sim::Time end{};
  std::vector<Reason> reasons = {};

  sim::Duration took() const { return end - begin; }
};

/// A part of the critical path.
struct PathPart {
  Lane lane{};
  std::string who;
  std::string what;
  sim::Time begin{};
  sim::Time end{};
  int tenths = 0;  // of a percent of the whole; all together 1000

  sim::Duration took() const { return end - begin; }
};

/// One scheduling decision, from when a thread stops until the next one runs on its CPU: what a
/// run's records say of it, in words.
struct Story {
  std::string variant;
  std::uint64_t seed = 0;
  std::int64_t number = 0;  // of the decision after the warm-up
  std::string chosen;       // why this one
  std::string cpu;
  std::int64_t from = 0;  // threads
  std::int64_t to = 0;
  sim::Time begin{};
  sim::Time end{};
  std::uint64_t trace_hash = 0;
  std::vector<Event> events;  // in the order in which they begin; those before `begin` led to it
  std::vector<PathPart> path;
  std::vector<ParameterUse> parameters;  // that are named in it

  sim::Duration took() const { return end - begin; }
};

}  // namespace story
