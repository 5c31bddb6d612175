// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "experiments/measure/experiment.h"
#include "workloads/arrivals.h"
#include "workloads/service_times.h"

namespace experiments {

/// What the requests of an open loop that come in an experiment's window need, without a simulation
/// of what becomes of them: from the streams that a simulation with the same seed would draw from.
/// Long windows take a while: throws Stopped once the inputs' `stop` is true.
class ArrivingWork {
 public:
  ArrivingWork(const ExperimentParams& experiment, std::uint64_t seed,
               const SharedInputs& inputs = {});

  /// Under such a load: requests a second, in units of the mean one.
  double at(double rate);
  /// Whether a server that does so much all the time, from when it is empty before the warm-up,
  /// has something to do in all of the window.
  bool is_enough(double rate, double served);

 private:
  std::unique_ptr<workloads::Arrivals> arrivals(double rate) const;
  sim::Time begin() const { return sim::Time{experiment_.run.warm_up}; }
  sim::Time end() const { return begin() + experiment_.run.length; }
  std::uint64_t calls() const;  // of each request
  sim::Duration of_first(std::uint64_t calls);

  ExperimentParams experiment_;
  const std::uint64_t seed_;
  const std::atomic<bool>* const stop_;
  std::unique_ptr<workloads::ServiceTimes> service_;
  std::vector<sim::Duration> of_first_;  // by how many calls
};

}  // namespace experiments
