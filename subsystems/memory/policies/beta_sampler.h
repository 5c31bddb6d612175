// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>

#include "subsystems/memory/policies/random_lanes.h"

namespace tiering {

/// One number for each lane.
using Lanes = Eigen::Array<float, kLanes, 1>;

/// Draws from Beta(a, b) as X/(X + Y), with X from Gamma(a) and Y from Gamma(b) (Marsaglia and
/// Tsang 2000), for a, b >= 1. All lanes go through the attempt that nearly always succeeds
/// together; the few that it does not settle are finished one by one.
class BetaSampler {
 public:
  explicit BetaSampler(std::uint64_t seed) : random_(seed) {}

  void draw(const Lanes& a, const Lanes& b, Lanes& sample);

 private:
  RandomLanes random_;
};

/// The same numbers to the last bit, one lane after the other: what the above is tested against and
/// timed against.
class ScalarBetaSampler {
 public:
  explicit ScalarBetaSampler(std::uint64_t seed) : random_(seed) {}

  void draw(const Lanes& a, const Lanes& b, Lanes& sample);
  float draw(std::size_t lane, float a, float b);

 private:
  RandomLanes random_;
};

}  // namespace tiering
