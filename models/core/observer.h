// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/units.h"

namespace memory {
class CoherentLine;
class Mapping;
}  // namespace memory

namespace core {

class Core;

/// One thing that a core's program does: it takes from the core's present when it begins to that
/// when it ends, and the next one begins there. All of a core's time is in some step.
struct Step {
  enum class Kind : std::uint8_t {
    kCompute,
    kSpend,  // time that the core's speed does not change
    kWork,   // long work, which others may cut short
    kWait,   // parked or asleep
    kLoad,
    kStore,
    kPrefetch,
    kFlush,
    kStoreFence,
    kFullFence,
    kTouch,  // lines that move, whose bytes do not matter: to own them, or
    kLook,   // to read them
  };

  Kind kind = Kind::kCompute;
  const memory::Mapping* mapping = nullptr;  // of loads, stores, prefetches and flushes
  std::int64_t offset = 0;                   // in the mapping's region
  std::span<const std::byte> bytes = {};     // loaded, once the step has ended, or stored
  const memory::CoherentLine* line = nullptr;
};

/// Of what a step takes: `times` times `each`, by the parameter at the address `parameter`. What
/// has no parameter of its own (a line's way from another core's cache) has none.
struct Part {
  const void* parameter = nullptr;
  sim::Duration each{};
  std::int64_t times = 1;
};

/// Where a request has come to.
enum class Milestone : std::uint8_t { kArrived, kAssigned, kStarted, kFinished };

/// Is told what cores do, step by step, as their programs do it: a core may be ahead of the
/// simulation (docs/decisions/0003), so instants are those of `Core::now`. Must change nothing.
class Observer {
 public:
  virtual ~Observer() = default;

  virtual void begins(const Core& core, const Step& step) = 0;
  virtual void ends(const Core& core, const Step& step) = 0;
  virtual void takes(const Core& core, const Part& part) = 0;
  /// Of the step: the core goes out on a mapping's path now, and what it sends is its own.
  virtual void goes_out(const Core& core) = 0;

  /// What the program says that it is about to do, until it says something else.
  virtual void does(const Core& core, const char* what, std::int64_t number) = 0;

  /// An interrupt leaves `by` at its present, for `to`; one arrives at the simulation's present.
  /// Those of a kind arrive at a core in the order in which they were sent to it.
  virtual void interrupts(const Core& by, const Core& to, int kind) = 0;
  virtual void interrupted(const Core& to, int kind) = 0;

  /// A request has come to `milestone` at `when`; `thread` is who handles it, if that is known.
  virtual void reaches(const Core& core, Milestone milestone, std::int64_t request,
                       std::int64_t thread, sim::Time when) = 0;
};

}  // namespace core
