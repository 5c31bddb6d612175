// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>

#include "experiments/system/checked_server.h"
#include "experiments/system/server_bench.h"
#include "sim/statistics.h"

/// Independent runs of the project's own server on a machine without costs, against a closed form.
namespace experiments::theory {

using namespace std::chrono_literals;

/// With sanitizers the same runs would take minutes: there they are a sixteenth as long, and
/// intervals may be four times as wide.
#ifdef NDEBUG
constexpr double kShorter = 1;
#else
constexpr double kShorter = 16;
#endif

constexpr std::uint64_t kRuns = 10;
/// Of a system in which one thing is wrong.
constexpr double kNoticed = 0.05;

/// Services are long against what cannot be made free: a turn of the agent's loop, 1 ns.
constexpr sim::Duration kService = 100us;
constexpr double kServiceSeconds = 100e-6;

struct Load {
  workloads::ServiceParams service;
  double mean_service;  // seconds
  double load;          // of all workers
  int workers = 1;
  double requests = 100e3;  // in each run
  double long_share = 0;    // of arrivals, announced as a class

  double rate() const { return load * workers / mean_service; }
};

inline workloads::RequestLoadParams request_load(const Load& of) {
  workloads::RequestLoadParams load = bench::some_load(of.rate(), 256, 1);
  load.service = of.service;
  load.arrivals.long_share = of.long_share;
  bench::make_free(load);
  return load;
}

inline SystemParams free_system(const Load& of, const PolicyParams& policy = {}) {
  SystemParams system = bench::free_agent(of.workers);
  system.ticks = scheduling::Ticks::kNever;
  system.policy = policy;
  return system;
}

/// What one run found: each from its own seed, all from an empty system on, and nothing is cut off.
/// That a run begins empty is forgotten within some hundred requests.
inline workloads::RequestStats run(const Load& of, const PolicyParams& policy, std::uint64_t seed) {
  bench::CheckedServer server(bench::free_of_charge(), free_system(of, policy), request_load(of),
                              seed);
  server.run_until(sim::Time{} +
                   sim::Duration{std::llround(1e12 * of.requests / kShorter / of.rate())});
  return server.stats().requests;
}

using Read = std::function<double(const workloads::RequestStats&)>;

inline double mean_of(const workloads::RequestStats& requests) {
  return sim::to_seconds(*requests.latency.mean());
}
inline double p99(const sim::Histogram& stays) {
  return sim::to_seconds(*stays.value_at_quantile(0.99));
}
inline double p99_of(const workloads::RequestStats& requests) {
  return p99(requests.latency);
}

/// Values that the same runs found, over all runs.
inline std::vector<sim::Estimate> estimates(const Load& of, const PolicyParams& policy,
                                            const std::vector<Read>& values) {
  std::vector<sim::Replications> all(values.size());
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    const workloads::RequestStats found = run(of, policy, seed);
    for (std::size_t i = 0; i < values.size(); ++i) all[i].add(seed, values[i](found));
  }
  std::vector<sim::Estimate> found;
  for (const sim::Replications& one : all) found.push_back(one.estimate(0.99));
  return found;
}

/// Theory lies inside of the 99 % interval, and a theory that is 5 % off on either side does not:
/// the interval is narrow enough for that, whatever its middle. `residue` is by how much a system
/// may differ from theory's for a reason that is known.
inline void expect_theory(const sim::Estimate& found, double theory, double residue = 0) {
  EXPECT_LE(std::abs(found.mean - theory), found.half_width + residue)
      << found.mean << " +- " << found.half_width << ", theory " << theory;
  EXPECT_LT(2 * found.half_width, kNoticed * theory * std::sqrt(kShorter))
      << "so wide that a system 5 % off might not be noticed";
}

}  // namespace experiments::theory
