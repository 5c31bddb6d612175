// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/distributions.h"
#include "sim/random.h"
#include "sim/units.h"
#include "workloads/arrival_params.h"

namespace workloads {

/// A Poisson process whose rate jumps between two values, a Markov-modulated one of two states.
/// Both states last exponentially; the first is drawn as if the process had always been running.
///
/// Gaps are drawn at the mean rate and then used up faster within bursts and slower between them,
/// so the same seed gives the same requests, moved, as the plain Poisson process.
class Bursts {
 public:
  Bursts(const ArrivalParams& params, std::uint64_t seed);

  /// The instant of the next request; to be called with 0, 1, 2, ...
  sim::Time operator()(std::uint64_t request);

 private:
  double factor() const { return in_burst_ ? burst_factor_ : quiet_factor_; }
  void change_state();

  double burst_factor_;  // rate within bursts / mean rate
  double quiet_factor_;  // between them; may be zero
  sim::Exponential gap_;
  sim::Exponential burst_;
  sim::Exponential quiet_;
  sim::Stream gaps_;
  sim::Stream states_;
  std::uint64_t state_ = 0;
  bool in_burst_;
  sim::Time now_{};
  sim::Time until_{};  // when the state ends
};

}  // namespace workloads
