// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/arriving_work.h"

#include <algorithm>

#include "experiments/measure/calls.h"
#include "experiments/system/stoppable.h"

namespace experiments {

ArrivingWork::ArrivingWork(const ExperimentParams& experiment, std::uint64_t seed,
                           const SharedInputs& inputs)
    : experiment_(experiment),
      seed_(seed),
      stop_(inputs.stop),
      service_(workloads::make_service_times(experiment.workload.service, seed, inputs.captures)),
      of_first_{sim::Duration{}} {}

double ArrivingWork::at(double rate) {
  const auto source = arrivals(rate);
  std::uint64_t before = 0;
  std::uint64_t until_end = 0;
  for (auto next = source->next(); next && next->at <= end(); next = source->next()) {
    heed(stop_);
    ++until_end;
    if (next->at <= begin()) ++before;
  }
  const sim::Duration work = of_first(calls() * until_end) - of_first(calls() * before);
  return sim::to_seconds(work) / sim::to_seconds(service_->mean()) /
         sim::to_seconds(experiment_.run.length);
}

bool ArrivingWork::is_enough(double rate, double served) {
  const double pace = served * sim::to_seconds(service_->mean());  // work in a second
  const auto source = arrivals(rate);
  sim::Time done_until{};
  for (auto next = source->next(); next; next = source->next()) {
    heed(stop_);
    const sim::Time until = std::min(next->at, end());
    if (done_until < until && until > begin()) return false;
    if (until == end()) return true;
    const sim::Duration work =
        of_first(calls() * (next->request + 1)) - of_first(calls() * next->request);
    done_until = std::max(done_until, next->at) + sim::from_seconds(sim::to_seconds(work) / pace);
  }
  return done_until >= end();
}

std::unique_ptr<workloads::Arrivals> ArrivingWork::arrivals(double rate) const {
  workloads::ArrivalParams params = experiment_.workload.arrivals;
  params.rate.per_second = rate;
  return workloads::make_arrivals(params, seed_);
}

std::uint64_t ArrivingWork::calls() const {
  return static_cast<std::uint64_t>(calls_per_request(experiment_));
}

sim::Duration ArrivingWork::of_first(std::uint64_t calls) {
  while (of_first_.size() <= calls) {
    heed(stop_);
    of_first_.push_back(of_first_.back() + service_->draw(of_first_.size() - 1));
  }
  return of_first_[calls];
}

}  // namespace experiments
