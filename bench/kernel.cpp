// SPDX-License-Identifier: Apache-2.0
// wavesim's own kernel, with all its features on: closures, exact order of ties, hash, checks.
#include <memory>
#include <vector>

#include "bench/callbacks.h"
#include "bench/work.h"
#include "sim/fiber.h"
#include "sim/mailbox.h"
#include "sim/process.h"
#include "sim/simulation.h"

namespace bench {
namespace {

struct Kernel : sim::Simulation {
  explicit Kernel(std::int64_t) {}
  template <class F>
  void after(Ticks d, F f) {
    Simulation::after(sim::Duration{d}, f);
  }

  struct Timer : sim::Timer {
    using sim::Timer::Timer;
    void arm(Ticks d) { sim::Timer::arm(sim::Duration{d}); }
  };
};

/// What all processes or fibers of a benchmark share.
struct Shared {
  sim::Simulation& sim;
  Gaps gaps;
  Batches<sim::Simulation> batches{sim};
};

sim::Process sleeper(Shared& all) {
  for (;;) {
    co_await sim::delay(all.sim, sim::Duration{all.gaps.next()});
    all.batches.count();
  }
}

void processes(benchmark::State& state) {
  sim::Simulation sim;
  Shared all{sim, {}};
  std::vector<sim::Process> sleepers;
  for (int i = 0; i < state.range(0); ++i) sleepers.push_back(sleeper(all));
  measure(state, [&] { return all.batches.run(); });
}

sim::Process ping(Shared& all, sim::Mailbox<int>& out, sim::Mailbox<int>& in) {
  for (;;) {
    out.push(1);
    co_await in.pop();
    all.batches.count();
  }
}

sim::Process pong(sim::Mailbox<int>& in, sim::Mailbox<int>& out) {
  for (;;) out.push(co_await in.pop());
}

void ping_pong(benchmark::State& state) {
  sim::Simulation sim;
  Shared all{sim, {}};
  sim::Mailbox<int> there(sim);
  sim::Mailbox<int> back(sim);
  const sim::Process b = pong(there, back);
  const sim::Process a = ping(all, there, back);
  measure(state, [&] { return all.batches.run(); });
}

/// `fibers` fibers that sleep for `gap()`, beside nothing else.
template <class Gap>
void sleeping_fibers(benchmark::State& state, std::int64_t fibers, Gap gap) {
  sim::Simulation sim;
  Shared all{sim, {}};
  std::vector<std::unique_ptr<sim::Fiber>> sleepers(static_cast<std::size_t>(fibers));
  for (auto& self : sleepers) {
    self = std::make_unique<sim::Fiber>(sim, [&all, &self, gap] {
      for (;;) {
        self->sleep(sim::Duration{gap(all)});
        all.batches.count();
      }
    });
  }
  measure(state, [&] { return all.batches.run(); });
}

void fibers(benchmark::State& state) {
  sleeping_fibers(state, state.range(0), [](Shared& all) { return all.gaps.next(); });
}

/// Its wake-up is always the next entry, as in a stretch of memory accesses by one core.
void fiber_alone(benchmark::State& state) {
  sleeping_fibers(state, 1, [](Shared&) { return Ticks{1000}; });
}

/// Two that wake in turn, so that each sleep is a switch out and a switch in.
void fiber_round_trip(benchmark::State& state) {
  sleeping_fibers(state, 2, [](Shared&) { return Ticks{1000}; });
}

void fiber_ping_pong(benchmark::State& state) {
  sim::Simulation sim;
  Shared all{sim, {}};
  std::unique_ptr<sim::Fiber> a;
  std::unique_ptr<sim::Fiber> b;
  b = std::make_unique<sim::Fiber>(sim, [&] {
    for (;;) b->park(), a->unpark();
  });
  a = std::make_unique<sim::Fiber>(sim, [&] {
    for (;;) b->unpark(), a->park(), all.batches.count();
  });
  measure(state, [&] { return all.batches.run(); });
}

BENCHMARK(hold<Kernel>)->Name("hold")->Apply(pending);
BENCHMARK(cancel<Kernel>)->Name("cancel")->Apply(pending);
BENCHMARK(link<Kernel>)->Name("link");
BENCHMARK(processes)->Name("processes")->Apply(waiting);
BENCHMARK(ping_pong)->Name("ping_pong");
BENCHMARK(fibers)->Name("fibers")->Apply(waiting);
BENCHMARK(fiber_alone)->Name("fiber_alone");
BENCHMARK(fiber_round_trip)->Name("fiber_round_trip");
BENCHMARK(fiber_ping_pong)->Name("fiber_ping_pong");

}  // namespace
}  // namespace bench
