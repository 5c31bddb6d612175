// SPDX-License-Identifier: Apache-2.0
// What native/ takes on the machine at hand: messages, decisions, waking each other. Wall-clock
// time; the threads of a pair want a core each.
#include <atomic>
#include <benchmark/benchmark.h>
#include <thread>

#include "native/decision_slot.h"
#include "native/interrupt_word.h"
#include "native/message_queue.h"
#include "native/shared_memory.h"
#include "native/sleep_flag.h"
#include "subsystems/wave/agent/scheduling.h"

namespace bench {
namespace {

using native::relax;
using wave::scheduling::kTransactionWords;

/// A queue to the other side, a slot from it, and how each wakes the other.
struct Pair {
  native::SharedMemory memory{1 << 20};
  wave::QueuePlace place{
      .offset = 4096, .capacity = 1024, .words = wave::scheduling::kMessageWords};
  wave::SlotPlace slot{.offset = 1024};
  native::Producer producer{memory.words(), place};
  native::Consumer consumer{memory.words(), place};
  native::DecisionWriter writer{memory.words(), slot};
  native::DecisionReader reader{memory.words(), slot};
  native::SleepFlag asleep{memory.words().half(0)};
  native::InterruptWord interrupts{memory.words().half(64)};
  std::atomic<bool> done = false;
};

const wave::Slot kMessage =
    encode(wave::scheduling::Message{.type = wave::scheduling::MessageType::kTaskWakeup,
                                     .seqnum = 7,
                                     .gtid = wave::scheduling::make_gtid(3, 1)},
           wave::kFree);

/// Sending and taking in one thread: the instructions alone, no line changes its core.
void send_and_take(benchmark::State& state) {
  Pair pair;
  for (auto _ : state) {
    pair.producer.send(kMessage);
    benchmark::DoNotOptimize(pair.consumer.take());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(send_and_take);

/// A stream of messages from one thread to another.
void messages(benchmark::State& state) {
  Pair pair;
  std::thread consumer([&] {
    while (!pair.done.load(std::memory_order_relaxed))
      if (!pair.consumer.take()) relax();
  });
  for (auto _ : state)
    while (!pair.producer.send(kMessage)) relax();
  pair.done = true;
  consumer.join();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(messages)->UseRealTime();

void decide(Pair& pair, std::uint64_t number) {
  const wave::scheduling::Transaction decision{.target = wave::scheduling::make_gtid(3, 1),
                                               .task_barrier = 7};
  pair.writer.write(encode(decision, number), kTransactionWords);
}

/// A message to the agent's side, and the decision that it answers with; both sides look all the
/// time.
void round_trip_polling(benchmark::State& state) {
  Pair pair;
  std::thread agent([&] {
    std::uint64_t number = 0;
    while (!pair.done.load(std::memory_order_relaxed)) {
      if (pair.consumer.take())
        decide(pair, ++number);
      else
        relax();
    }
  });
  for (auto _ : state) {
    pair.producer.send(kMessage);
    while (!pair.reader.poll(kTransactionWords)) relax();
  }
  pair.done = true;
  agent.join();
}
BENCHMARK(round_trip_polling)->UseRealTime();

/// The same when both sides sleep until they are woken.
void round_trip_sleeping(benchmark::State& state) {
  Pair pair;
  std::thread agent([&] {
    std::uint64_t number = 0;
    while (!pair.done.load(std::memory_order_seq_cst)) {
      pair.asleep.announce();
      if (pair.consumer.take(std::memory_order_seq_cst)) {
        decide(pair, ++number);
        pair.interrupts.raise(native::Interrupt::kDecision);
      } else if (!pair.done.load(std::memory_order_seq_cst)) {
        pair.asleep.wait(std::nullopt);
      }
      pair.asleep.retract();
    }
  });
  for (auto _ : state) {
    pair.producer.send(kMessage);
    pair.asleep.wake();
    do {
      pair.interrupts.sleep();
      pair.interrupts.take();
    } while (!pair.reader.poll(kTransactionWords));
  }
  pair.done.store(true, std::memory_order_seq_cst);
  pair.asleep.wake();
  agent.join();
}
BENCHMARK(round_trip_sleeping)->UseRealTime();

}  // namespace
}  // namespace bench
