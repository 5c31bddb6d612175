// SPDX-License-Identifier: Apache-2.0
// The same work on a bare std::priority_queue of numbers: no closures and no kernel, the loop knows
// the one kind of event there is. The fastest that the standard library allows.
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "bench/work.h"

namespace bench {
namespace {

struct Event {
  Ticks when;
  std::uint64_t sequence;
  std::uint32_t entity;
  std::uint32_t generation;

  bool operator>(const Event& other) const {
    return when != other.when ? when > other.when : sequence > other.sequence;
  }
};

class Queue {
 public:
  void push(Ticks when, std::uint32_t entity, std::uint32_t generation) {
    queue_.push({when, sequence_++, entity, generation});
  }
  Event pop() {
    const Event first = queue_.top();
    queue_.pop();
    return first;
  }

 private:
  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
  std::uint64_t sequence_ = 0;
};

void hold(benchmark::State& state) {
  Queue queue;
  Gaps gaps;
  std::uint64_t trace = 0;
  for (int n = 0; n < state.range(0); ++n) {
    queue.push(gaps.next(), static_cast<std::uint32_t>(n), 0);
  }
  measure(state, [&] {
    for (std::int64_t i = 0; i < kBatch; ++i) {
      const Event event = queue.pop();
      trace = (trace ^ event.entity) * 1099511628211u;
      queue.push(event.when + gaps.next(), event.entity, 0);
    }
    return kBatch;
  });
  benchmark::DoNotOptimize(trace);
}

/// What was cancelled stays in the queue and is passed over when its turn comes.
class Preempted {
 public:
  explicit Preempted(std::int64_t tasks) : generation_(static_cast<std::size_t>(tasks)) {
    for (std::uint32_t task = 0; task < generation_.size(); ++task) arm(0, task);
  }

  std::int64_t run() {
    for (std::int64_t ran = 0; ran < kBatch;) {
      const Event event = queue_.pop();
      if (event.generation != generation_[event.entity]) continue;
      ++generation_[event.entity];
      arm(event.when, event.entity);
      ++ran;
    }
    return kBatch;
  }

 private:
  void arm(Ticks now, std::uint32_t task) {
    queue_.push(now + gaps_.next(), task, generation_[task]);
    queue_.push(now + kSlice, task, generation_[task]);
  }

  Queue queue_;
  Gaps gaps_;
  std::vector<std::uint32_t> generation_;
};

void cancel(benchmark::State& state) {
  Preempted model(state.range(0));
  measure(state, [&] { return model.run(); });
}

/// A message is at one end or the other.
void link(benchmark::State& state) {
  Queue queue;
  queue.push(kFlight, 0, 0);
  measure(state, [&] {
    for (std::int64_t rounds = 0; rounds < kBatch;) {
      const Event event = queue.pop();
      rounds += event.entity;
      queue.push(event.when + kFlight, 1 - event.entity, 0);
    }
    return kBatch;
  });
}

BENCHMARK(hold)->Name("hold")->Apply(pending);
BENCHMARK(cancel)->Name("cancel")->Apply(pending);
BENCHMARK(link)->Name("link");

}  // namespace
}  // namespace bench
