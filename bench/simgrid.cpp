// SPDX-License-Identifier: Apache-2.0
// The same work on SimGrid, one tick being a nanosecond: kernel timers, actors, semaphores, and
// messages across a star of machines.
#include <functional>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/callbacks.h"

namespace bench {
namespace {

namespace s4u = simgrid::s4u;
using KernelTimer = simgrid::kernel::timer::Timer;

constexpr double kTick = 1e-9;
constexpr int kMachines = 64;

/// A program may have one SimGrid engine, which all benchmarks share. What one of them leaves
/// pending belongs to an older generation, and ends without doing anything.
struct Shared {
  s4u::Engine& engine;
  s4u::Host* host;  // of those of the star, the first
  std::vector<s4u::Host*> machines;
  int generation = 0;

  void run_for(double seconds) { engine.run_until(s4u::Engine::get_clock() + seconds); }

  static Shared& get() {
    static Shared shared = make();
    return shared;
  }

 private:
  static Shared make() {
    static std::string name = "bench";
    static std::string quiet = "--log=root.thres:critical";
    static std::string model = "--cfg=network/model:CM02";
    static std::string one_way = "--cfg=network/crosstraffic:0";
    static char* arguments[] = {name.data(), quiet.data(), model.data(), one_way.data(), nullptr};
    static int count = 4;
    static s4u::Engine engine(&count, arguments);
    auto* const zone = s4u::create_star_zone("zone");
    std::vector<s4u::Host*> machines;
    for (int i = 0; i <= kMachines; ++i) machines.push_back(add_machine(*zone, i));
    zone->seal();
    return {engine, machines.front(), machines};
  }

  /// On a full-duplex cable of 100 Gb/s.
  static s4u::Host* add_machine(s4u::NetZone& zone, int number) {
    const std::string name = "host" + std::to_string(number);
    s4u::Host* const host = zone.create_host(name, 1e9);
    auto* const up = zone.create_link(name + "_up", 12.5e9)->set_latency(800e-9)->seal();
    auto* const down = zone.create_link(name + "_down", 12.5e9)->set_latency(300e-9)->seal();
    auto* const point = host->get_netpoint();
    zone.add_route(point, nullptr, nullptr, nullptr, {s4u::LinkInRoute(up)}, false);
    zone.add_route(nullptr, point, nullptr, nullptr, {s4u::LinkInRoute(down)}, false);
    host->seal();
    return host;
  }
};

class SimGrid {
 public:
  class Timer;

  explicit SimGrid(std::int64_t pending, double entries_per_mean_gap = 1)
      : batch_(kTick * static_cast<double>(kBatch * kMean) /
               (static_cast<double>(pending) * entries_per_mean_gap)) {}
  ~SimGrid() {
    ++shared_.generation;
    shared_.run_for(100 * kMean * kTick);
  }
  SimGrid(const SimGrid&) = delete;
  SimGrid& operator=(const SimGrid&) = delete;

  template <class F>
  KernelTimer* after(Ticks d, F f) {
    const double when = s4u::Engine::get_clock() + kTick * static_cast<double>(d);
    return KernelTimer::set(when, [f, g = generation_] {
      if (Shared::get().generation == g) f();
    });
  }
  /// It cannot be stopped by what it runs: it runs for the time that a batch takes on average.
  void run() { shared_.run_for(batch_); }
  void stop() {}

  bool over() const { return shared_.generation != generation_; }
  s4u::Host* host() const { return shared_.host; }

 private:
  Shared& shared_ = Shared::get();
  int generation_ = ++shared_.generation;
  double batch_;
};

class SimGrid::Timer {
 public:
  Timer(SimGrid& engine, std::function<void()> f) : engine_(engine), f_(std::move(f)) {}
  void arm(Ticks d) {
    timer_ = engine_.after(d, [this] { f_(); });
  }
  void cancel() { timer_->remove(); }

 private:
  SimGrid& engine_;
  std::function<void()> f_;
  KernelTimer* timer_ = nullptr;
};

void processes(benchmark::State& state) {
  SimGrid engine(state.range(0));
  Gaps gaps;
  std::int64_t runs = 0;
  for (int i = 0; i < state.range(0); ++i) {
    s4u::Actor::create("sleeper", engine.host(), [&engine, &gaps, &runs] {
      while (!engine.over()) {
        s4u::this_actor::sleep_for(kTick * static_cast<double>(gaps.next()));
        ++runs;
      }
    });
  }
  measure(state, [&] {
    const std::int64_t before = runs;
    engine.run();
    return runs - before;
  });
}

void ping_pong(benchmark::State& state) {
  auto& shared = Shared::get();
  const auto there = s4u::Semaphore::create(0);
  const auto back = s4u::Semaphore::create(0);
  std::int64_t runs = 0;
  // A round trip takes no simulated time, so that a batch ends by sleeping.
  const auto ping = s4u::Actor::create("ping", shared.host, [&] {
    for (;;) {
      for (std::int64_t i = 0; i < kBatch; ++i, ++runs) there->release(), back->acquire();
      s4u::this_actor::sleep_for(1);
    }
  });
  const auto pong = s4u::Actor::create("pong", shared.host, [&] {
    for (;;) there->acquire(), back->release();
  });
  measure(state, [&] {
    const std::int64_t before = runs;
    shared.run_for(1);
    return runs - before;
  });
  ping->kill();
  pong->kill();
  shared.run_for(1);
}

void hold_timers(benchmark::State& state) {
  SimGrid engine(state.range(0));
  Hold<SimGrid> model(engine, state.range(0));
  measure(state, [&] { return model.run(); });
}

void cancel_timers(benchmark::State& state) {
  SimGrid engine(state.range(0), 2);  // the slice halves the mean
  Preempted<SimGrid> model(engine, state.range(0));
  measure(state, [&] { return model.run(); });
}

/// So many messages are always under way between the first machine and the others. Each belongs to
/// an actor, which waits for it and sends the next.
void messages(benchmark::State& state) {
  constexpr int kSize = 1000;
  SimGrid engine(state.range(0));
  const Shared& shared = Shared::get();
  std::int64_t runs = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    s4u::Host* const client = shared.machines[static_cast<std::size_t>(1 + i % kMachines)];
    s4u::Actor::create("client", client, [&engine, &runs, &shared, client] {
      while (!engine.over()) {
        s4u::Comm::sendto(client, shared.host, kSize);
        s4u::Comm::sendto(shared.host, client, kSize);
        runs += 2;
      }
    });
  }
  measure(state, [&] {
    const std::int64_t before = runs;
    Shared::get().run_for(100e-6);
    return runs - before;
  });
}

/// What it costs to keep another clock in step with SimGrid's, once a microsecond, with nothing to
/// do in between.
void steps(benchmark::State& state) {
  Shared& shared = Shared::get();
  measure(state, [&] {
    constexpr std::int64_t kSteps = 1000;
    for (std::int64_t i = 0; i < kSteps; ++i) shared.run_for(1e-6);
    return kSteps;
  });
}

BENCHMARK(messages)->Arg(1)->Arg(16)->Arg(64)->Arg(256)->Arg(1024);
BENCHMARK(steps);
BENCHMARK(hold_timers)->Name("hold")->Apply(pending);
BENCHMARK(cancel_timers)->Name("cancel")->Apply(pending);
BENCHMARK(link<SimGrid>)->Name("link");
BENCHMARK(processes)->Name("processes")->Apply(waiting);
BENCHMARK(ping_pong)->Name("ping_pong");

}  // namespace
}  // namespace bench
