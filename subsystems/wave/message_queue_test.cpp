// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/message_queue.h"

#include <gtest/gtest.h>
#include <vector>

#include "subsystems/wave/test_bench.h"

namespace wave {
namespace {

using namespace bench;

constexpr std::size_t kMessageWords = 5;

Slot numbered(std::uint64_t number) {
  Slot slot{};
  for (std::size_t w = kFlagWord - kMessageWords; w < kFlagWord; ++w) slot[w] = number * 10 + w;
  return slot;
}

QueuePlace place_of(std::int64_t capacity) {
  return {.offset = 128, .capacity = capacity, .words = kMessageWords};
}

/// Sends `count` entries, one every `gap`, from the host; returns how many found room.
int send(Bench& bench, Producer& producer, int count, Duration gap = 0ns, std::uint64_t from = 1) {
  int sent = 0;
  bench.cpu0.start([&, count, gap, from] {
    for (int i = 0; i < count; ++i) {
      sent += producer.send(bench.cpu0, numbered(from + static_cast<std::uint64_t>(i)));
      bench.cpu0.spend(gap);
    }
    bench.cpu0.sync();
  });
  bench.sim.run();
  return sent;
}

/// An agent that only takes messages.
struct Taker {
  Taker(Bench& b, const QueuePlace& place) : bench(b), runtime(b.nic0, b.agent, b.notifier, {}) {
    runtime.add_queue(place);
  }
  void start(Duration per_message = 0ns) {
    bench.nic0.start([this, per_message] {
      while (!runtime.leaving()) {
        const Event event = runtime.poll(kNever);
        if (event.kind != Event::Kind::kMessage) continue;
        taken.push_back(event.slot);
        bench.nic0.spend(per_message);
      }
    });
  }
  bool took(int count) const {
    if (static_cast<int>(taken.size()) != count) return false;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const Slot expected = numbered(i + 1);
      for (std::size_t w = kFlagWord - kMessageWords; w < kFlagWord; ++w)
        if (taken[i][w] != expected[w]) return false;
    }
    return true;
  }

  Bench& bench;
  SimulatedRuntime runtime;
  std::vector<Slot> taken;
};

TEST(MessageQueue, CarriesTheSameMessagesInOrderUnderEveryMappingThroughManyRounds) {
  for (const Types& types : all_types()) {
    Bench bench(types);
    Producer producer(bench.messages, place_of(8));
    Taker taker(bench, place_of(8));
    taker.start();
    EXPECT_EQ(send(bench, producer, 100, 3us), 100);
    EXPECT_TRUE(taker.took(100));
    EXPECT_EQ(bench.checker.count(), 0) << "first: " << to_string(bench.checker.findings().front());
  }
}

TEST(MessageQueue, NeverShowsAFlagBeforeItsEntryIsWhole) {
  struct Looker : memory::Watcher {
    Bench* bench = nullptr;
    int whole = 0;
    void line_changed(std::int64_t) override {
      Slot slot{};
      bench->region.read(128, std::as_writable_bytes(std::span(slot)));
      if (slot[kFlagWord] == kFree) return;
      ++whole;
      for (std::size_t w = kFlagWord - kMessageWords; w < kFlagWord; ++w)
        EXPECT_EQ(slot[w], numbered(1)[w]) << "word " << w;
    }
  };
  for (const Types& types : all_types()) {
    Bench bench(types);
    Looker looker;
    looker.bench = &bench;
    bench.region.watch(128, &looker);
    Producer producer(bench.messages, place_of(8));
    send(bench, producer, 1);
    EXPECT_EQ(looker.whole, 1);
  }
}

TEST(MessageQueue, RefusesWhenFullCountsItAndWritesNothing) {
  Bench bench;
  Producer producer(bench.messages, place_of(8));
  Taker taker(bench, place_of(8));
  EXPECT_EQ(send(bench, producer, 10), 8);
  EXPECT_EQ(producer.stats().sent, 8);
  EXPECT_EQ(producer.stats().overflows, 2);
  taker.start();
  bench.sim.run();
  EXPECT_TRUE(taker.took(8)) << "the refused ones have overwritten nothing";
  EXPECT_EQ(send(bench, producer, 1, 0ns, 9), 1);
  EXPECT_TRUE(taker.took(9));
}

/// A device fills the entries that were reserved, in whatever order.
TEST(MessageQueue, HasEntriesThatADeviceWritesAmongThoseThatAreSent) {
  Bench bench;
  const QueuePlace place = place_of(8);
  Producer producer(bench.agent, place);
  std::vector<Producer::Reserved> reserved;
  bench.nic0.start([&] {
    producer.send(bench.nic0, numbered(1));
    for (int i = 0; i < 2; ++i) reserved.push_back(*producer.reserve(bench.nic0));
    producer.send(bench.nic0, numbered(4));
    bench.nic0.sync();
  });
  bench.sim.run_until(Time{1us});
  EXPECT_EQ(producer.stats().sent, 4);
  Taker taker(bench, place);
  taker.start();
  bench.sim.run_until(Time{2us});
  EXPECT_TRUE(taker.took(1)) << "the second is not there yet";
  for (const std::uint64_t number : {3u, 2u}) {
    Slot slot = numbered(number);
    slot[kFlagWord] = reserved[number - 2].flag;
    bench.region.write_by_device(reserved[number - 2].offset, std::as_bytes(std::span(slot)),
                                 "dma");
    bench.sim.run_until(bench.sim.now() + 1us);
    EXPECT_TRUE(taker.took(number == 3 ? 1 : 4));
  }
}

TEST(MessageQueue, HasNoEntryToReserveWhenItIsFull) {
  Bench bench;
  Producer producer(bench.agent, place_of(2));
  bench.nic0.start([&] {
    producer.send(bench.nic0, numbered(1));
    producer.send(bench.nic0, numbered(2));
    EXPECT_FALSE(producer.reserve(bench.nic0));
  });
  bench.sim.run_until(Time{1us});
  EXPECT_EQ(producer.stats().overflows, 1);
}

TEST(MessageQueue, RefusesOnlyWhenFullNotWhenHalfFull) {
  Bench bench;
  Producer producer(bench.messages, place_of(8));
  Taker taker(bench, place_of(8));
  send(bench, producer, 8);
  taker.start(100us);
  bench.sim.run_until(bench.sim.now() + 250us);  // three are taken
  ASSERT_EQ(taker.taken.size(), 3u);
  bool sent = false;
  bench.cpu0.start([&] { sent = producer.send(bench.cpu0, numbered(9)); });
  bench.sim.run_until(bench.sim.now() + 10us);
  EXPECT_TRUE(sent);
}

TEST(MessageQueue, ReadsAcrossTheLinkOnceForHalfAQueue) {
  Bench bench;
  Producer producer(bench.messages, place_of(16));
  Taker taker(bench, place_of(16));
  taker.start();
  EXPECT_EQ(send(bench, producer, 16 + 20 * 8, 2us), 16 + 20 * 8);
  EXPECT_EQ(producer.stats().probes, 20);
}

TEST(MessageQueue, TakesOneWayOfTheLinkAndOneFenceUnderWriteCombining) {
  Bench bench;
  const core::CoreParams& p = bench.cpu0.params();
  Producer producer(bench.messages, place_of(8));
  Duration took{};
  bench.cpu0.start([&] {
    producer.send(bench.cpu0, numbered(1));
    took = bench.cpu0.now() - Time{};
    bench.cpu0.sync();
  });
  bench.sim.run();
  EXPECT_EQ(took, 8 * p.wc_store_issue + p.wc_flush);
}

TEST(MessageQueue, TakesALinkThatDoesNotAnswerForAFullQueue) {
  Bench bench;
  Producer producer(bench.messages, place_of(4));
  EXPECT_EQ(send(bench, producer, 4), 4);
  for (std::int64_t i = 0; i < 4; ++i)
    bench.region.write(place_of(4).flag(i), std::as_bytes(std::span(&kNoAnswer, 1)), "the link");
  EXPECT_EQ(send(bench, producer, 1), 0);
  EXPECT_EQ(producer.stats().overflows, 1);
}

// Another consumer

TEST(MessageQueue, BeginsAnewElsewhereForAnotherConsumer) {
  Bench bench;
  Producer producer(bench.messages, place_of(4));
  EXPECT_EQ(send(bench, producer, 3), 3);  // nobody takes these
  QueuePlace elsewhere = place_of(4);
  elsewhere.offset += 1024;
  producer.move_to(elsewhere);
  Taker taker(bench, elsewhere);
  taker.start();
  EXPECT_EQ(send(bench, producer, 10, 3us), 10);
  EXPECT_TRUE(taker.took(10));
  EXPECT_EQ(producer.stats().dropped, 0);
}

/// A full queue is probed across the link; meanwhile its consumer is replaced.
TEST(MessageQueue, DropsWhatWaitedForRoomWhenItsConsumerIsReplaced) {
  Bench bench;
  Producer producer(bench.messages, place_of(4));
  EXPECT_EQ(send(bench, producer, 4), 4);
  QueuePlace elsewhere = place_of(4);
  elsewhere.offset += 1024;
  bench.sim.after(300ns, [&] { producer.move_to(elsewhere); });  // a probe takes 600 ns
  EXPECT_EQ(send(bench, producer, 1, 0ns, 77), 1);
  EXPECT_EQ(producer.stats().dropped, 1);
  EXPECT_EQ(producer.stats().overflows, 0);
  EXPECT_EQ(producer.stats().sent, 4);

  Taker taker(bench, elsewhere);
  taker.start();
  EXPECT_EQ(send(bench, producer, 4, 3us), 4);
  EXPECT_TRUE(taker.took(4));
}

}  // namespace
}  // namespace wave
