// SPDX-License-Identifier: Apache-2.0
// The same work on std::priority_queue and std::function.
#include "bench/textbook.h"

#include <boost/context/fiber.hpp>
#include <coroutine>
#include <deque>
#include <exception>
#include <memory>
#include <vector>

#include "bench/callbacks.h"

namespace bench {
namespace {

struct Process {
  struct promise_type {
    Process get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

/// What all processes or fibers share. The processes below run for as long as the program.
struct Shared {
  Textbook engine{0};
  Gaps gaps;
  Batches<Textbook> batches{engine};
};

struct Sleep {
  Textbook& engine;
  Ticks d;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    engine.after(d, [h] { h.resume(); });
  }
  void await_resume() const {}
};

Process sleeper(Shared& all) {
  for (;;) {
    co_await Sleep{all.engine, all.gaps.next()};
    all.batches.count();
  }
}

void processes(benchmark::State& state) {
  auto& all = *new Shared;
  for (int i = 0; i < state.range(0); ++i) sleeper(all);
  measure(state, [&] { return all.batches.run(); });
}

struct Channel {
  Textbook& engine;
  std::deque<int> messages;
  std::coroutine_handle<> reader;

  void push(int message) {
    messages.push_back(message);
    if (reader) engine.after(0, [h = std::exchange(reader, nullptr)] { h.resume(); });
  }
  bool await_ready() const { return !messages.empty(); }
  void await_suspend(std::coroutine_handle<> h) { reader = h; }
  int await_resume() {
    const int message = messages.front();
    messages.pop_front();
    return message;
  }
};

Process ping(Shared& all, Channel& out, Channel& in) {
  for (;;) {
    out.push(1);
    co_await in;
    all.batches.count();
  }
}

Process pong(Channel& in, Channel& out) {
  for (;;) out.push(co_await in);
}

void ping_pong(benchmark::State& state) {
  auto& all = *new Shared;
  auto& there = *new Channel{all.engine, {}, {}};
  auto& back = *new Channel{all.engine, {}, {}};
  pong(there, back);
  ping(all, there, back);
  measure(state, [&] { return all.batches.run(); });
}

/// A fiber of Boost.Context that sleeps on the same queue.
struct Sleeper {
  boost::context::fiber inside;
  boost::context::fiber outside;

  template <class Gap>
  Sleeper(Shared& all, Gap gap)
      : inside([this, &all, gap](boost::context::fiber&& main) {
          outside = std::move(main);
          for (;;) {
            all.engine.after(gap(all), [this] { inside = std::move(inside).resume(); });
            outside = std::move(outside).resume();
            all.batches.count();
          }
          return std::move(outside);
        }) {
    inside = std::move(inside).resume();
  }
};

template <class Gap>
void sleeping_fibers(benchmark::State& state, std::int64_t fibers, Gap gap) {
  Shared all;
  std::vector<std::unique_ptr<Sleeper>> sleepers;
  for (int i = 0; i < fibers; ++i) sleepers.push_back(std::make_unique<Sleeper>(all, gap));
  measure(state, [&] { return all.batches.run(); });
}

void fibers(benchmark::State& state) {
  sleeping_fibers(state, state.range(0), [](Shared& all) { return all.gaps.next(); });
}

void fiber_alone(benchmark::State& state) {
  sleeping_fibers(state, 1, [](Shared&) { return Ticks{1000}; });
}

void fiber_round_trip(benchmark::State& state) {
  sleeping_fibers(state, 2, [](Shared&) { return Ticks{1000}; });
}

BENCHMARK(hold<Textbook>)->Name("hold")->Apply(pending);
BENCHMARK(cancel<Textbook>)->Name("cancel")->Apply(pending);
BENCHMARK(link<Textbook>)->Name("link");
BENCHMARK(processes)->Name("processes")->Apply(waiting);
BENCHMARK(ping_pong)->Name("ping_pong");
BENCHMARK(fibers)->Name("fibers")->Apply(waiting);
BENCHMARK(fiber_alone)->Name("fiber_alone");
BENCHMARK(fiber_round_trip)->Name("fiber_round_trip");

}  // namespace
}  // namespace bench
