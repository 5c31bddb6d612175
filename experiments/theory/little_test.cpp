// SPDX-License-Identifier: Apache-2.0
#include "experiments/theory/bench.h"

// Little's law, L = lambda W, is an identity for a window that begins and ends with an empty
// system: the integral of the number in the system and the sum of the stays are one area cut two
// ways. The number is the census that the load takes of its queues and workers, the stays are what
// its workers record, so the two accounts are the model's own and kept apart.

namespace experiments::theory {
namespace {

/// In bursts, so that queues form, and not before all threads are there: gaps in whole nanoseconds,
/// as are services.
std::vector<sim::Duration> bursts() {
  std::vector<sim::Duration> gaps;
  for (int i = 0; i < 60; ++i)
    gaps.push_back(i == 0 ? 200'000ns : i % 6 == 0 ? 31'007ns : 1'003ns + i * 1ns);
  return gaps;
}

struct Areas {
  double census = 0;  // request nanoseconds
  double stays = 0;
  std::int64_t requests = 0;
};

Areas areas_of(const MachineParams& machine, const SystemParams& system,
               workloads::RequestLoadParams load, sim::Duration step) {
  load.service = {.kind = workloads::ServiceKind::kConstant, .mean = 4us};
  const bench::Trace trace(bursts());
  trace.use_in(load);
  bench::CheckedServer server(machine, system, load, 1);
  Areas areas;
  for (sim::Time now = sim::Time{step / 2}; now < sim::Time{1ms}; now += step) {
    server.run_until(now);
    areas.census += static_cast<double>(server.in_flight()) * sim::to_seconds(step) * 1e9;
  }
  const sim::Histogram stays = server.stats().requests.latency;
  areas.requests = stays.count();
  areas.stays = sim::to_seconds(*stays.mean()) * 1e9 * static_cast<double>(stays.count());
  EXPECT_EQ(server.in_flight(), 0);
  return areas;
}

// Everything happens at whole nanoseconds, so a census in the middle of each counts exactly. The
// mean is rounded to a picosecond.
TEST(Little, LawHoldsExactlyOnAMachineWithoutCosts) {
  for (const int workers : {1, 3})
    for (const PolicyKind kind : {PolicyKind::kFifo, PolicyKind::kShinjuku}) {
      workloads::RequestLoadParams load = bench::some_load(1, 64, 1);
      bench::make_free(load);
      SystemParams system = bench::free_agent(workers);
      system.ticks = scheduling::Ticks::kNever;
      system.policy = {.kind = kind, .slice = 1us, .classes = {}};
      const Areas areas = areas_of(bench::free_of_charge(), system, load, 1ns);
      EXPECT_EQ(areas.requests, 60);
      EXPECT_NEAR(areas.census, areas.stays, 0.1) << workers << " workers";
    }
}

// With all costs of both placements, counted every 10 ns: each of the sixty arrivals and departures
// is off by at most half of that. A request is in the census from when its generator has noticed
// it, and there are enough of these that none is busy when one comes.
TEST(Little, LawHoldsWithAllCosts) {
  for (const Placement placement : {Placement::kHost, Placement::kNic}) {
    SystemParams system;
    system.placement = placement;
    system.workers = 3;
    const Areas areas = areas_of(MachineParams{}, system, bench::some_load(1, 64, 8), 10ns);
    EXPECT_EQ(areas.requests, 60);
    EXPECT_NEAR(areas.census / areas.stays, 1, 2e-3);
  }
}

}  // namespace
}  // namespace experiments::theory
