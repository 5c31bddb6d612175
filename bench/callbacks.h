// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/work.h"

namespace bench {

/// The hold model: every entry that runs files one other. An engine is anything with `after`, `run`
/// and `stop`.
template <class Engine>
class Hold {
 public:
  Hold(Engine& engine, std::int64_t pending) : engine_(engine) {
    for (std::int64_t i = 0; i < pending; ++i) file(static_cast<std::uint64_t>(i));
  }

  std::int64_t run() { return batches_.run(); }
  /// What ran in which order, for comparing engines.
  std::uint64_t trace() const { return trace_; }

 private:
  void file(std::uint64_t entity) {
    engine_.after(gaps_.next(), [this, entity] { fire(entity); });
  }
  void fire(std::uint64_t entity) {
    trace_ = (trace_ ^ entity) * 1099511628211u;
    batches_.count();
    file(entity);
  }

  Engine& engine_;
  Gaps gaps_;
  Batches<Engine> batches_{engine_};
  std::uint64_t trace_ = 0;
};

/// Tasks with a completion and a pre-emption timer. Whichever runs first cancels the other, and
/// both are armed again: half of all that is filed is cancelled.
template <class Engine>
class Preempted {
 public:
  Preempted(Engine& engine, std::int64_t tasks) : engine_(engine) {
    for (std::int64_t i = 0; i < tasks; ++i) tasks_.push_back(std::make_unique<Task>(*this));
    for (const auto& task : tasks_) task->rearm();
  }

  std::int64_t run() { return batches_.run(); }

 private:
  struct Task {
    explicit Task(Preempted& model)
        : all(model),
          completion(model.engine_, [this] { ran(slice); }),
          slice(model.engine_, [this] { ran(completion); }) {}

    void ran(typename Engine::Timer& other) {
      other.cancel();
      all.batches_.count();
      rearm();
    }
    void rearm() {
      completion.arm(all.gaps_.next());
      slice.arm(kSlice);
    }

    Preempted& all;
    typename Engine::Timer completion;
    typename Engine::Timer slice;
  };

  Engine& engine_;
  Gaps gaps_;
  Batches<Engine> batches_{engine_};
  std::vector<std::unique_ptr<Task>> tasks_;
};

/// Two components that send each other a message over a link: an entry a way, and no process.
template <class Engine>
class Volley {
 public:
  explicit Volley(Engine& engine) : engine_(engine) { serve(); }

  std::int64_t run() { return batches_.run(); }

 private:
  void serve() {
    engine_.after(kFlight, [this] { answer(); });
  }
  void answer() {
    engine_.after(kFlight, [this] { done(); });
  }
  void done() {
    batches_.count();
    serve();
  }

  Engine& engine_;
  Batches<Engine> batches_{engine_};
};

template <class Engine>
void hold(benchmark::State& state) {
  Engine engine(state.range(0));
  Hold<Engine> model(engine, state.range(0));
  measure(state, [&] { return model.run(); });
}

template <class Engine>
void cancel(benchmark::State& state) {
  Engine engine(state.range(0));
  Preempted<Engine> model(engine, state.range(0));
  measure(state, [&] { return model.run(); });
}

template <class Engine>
void link(benchmark::State& state) {
  Engine engine(1);
  Volley<Engine> model(engine);
  measure(state, [&] { return model.run(); });
}

}  // namespace bench
