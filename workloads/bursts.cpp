// SPDX-License-Identifier: Apache-2.0
#include "workloads/bursts.h"

#include <cmath>

#include "sim/uniform.h"

namespace workloads {
namespace {

sim::Duration times(double factor, sim::Duration d) {
  return sim::Duration{std::llround(factor * static_cast<double>(d.count()))};
}

/// What remains for the quiet time when bursts take their share of time at their rate.
double quiet_factor(const ArrivalParams& p) {
  return (1 - p.burst_share * p.burst_factor) / (1 - p.burst_share);
}

double quiet_per_burst(const ArrivalParams& p) {
  return (1 - p.burst_share) / p.burst_share;
}

bool starts_in_burst(const sim::Stream& states, double share) {
  sim::Draws coin = states.at(0);
  return sim::chance(share, coin);
}

}  // namespace

Bursts::Bursts(const ArrivalParams& p, std::uint64_t seed)
    : burst_factor_(p.burst_factor),
      quiet_factor_(std::max(0.0, quiet_factor(p))),
      gap_(p.rate.gap()),
      burst_(p.burst_time),
      quiet_(times(quiet_per_burst(p), p.burst_time)),
      gaps_(seed, "workloads.arrivals"),
      states_(seed, "workloads.bursts"),
      in_burst_(!starts_in_burst(states_, p.burst_share)) {
  change_state();
}

sim::Time Bursts::operator()(std::uint64_t request) {
  sim::Draws draws = gaps_.at(request);
  sim::Duration left = gap_(draws);
  // While a state lasts, it uses up this much of a gap drawn at the mean rate.
  for (auto used = times(factor(), until_ - now_); left >= used;
       used = times(factor(), until_ - now_)) {
    left -= used;
    now_ = until_;
    change_state();
  }
  return now_ += times(1 / factor(), left);
}

void Bursts::change_state() {
  in_burst_ = !in_burst_;
  sim::Draws draws = states_.at(++state_);
  until_ = now_ + (in_burst_ ? burst_ : quiet_)(draws);
}

}  // namespace workloads
