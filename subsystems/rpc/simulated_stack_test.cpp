// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/simulated_stack.h"

#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <vector>

#include "sim/random.h"
#include "subsystems/rpc/test_bench.h"

namespace rpc {
namespace {

using namespace bench;

Header request(std::uint64_t call, std::uint32_t body = 0, std::uint8_t slo_class = 0) {
  return {.slo_class = slo_class, .method = 3, .call = call, .budget_us = 50, .body_bytes = body};
}

TEST(SimulatedStack, ServesRequestsWhereverThePartsAre) {
  for (const Options& options : all_options()) {
    SCOPED_TRACE(options.name());
    Bench bench(options);
    bench.reply_bytes = 700;
    bench.start_agent();
    bench.start_stack();
    bench.sim.run_until(Time{1us});
    for (std::uint32_t i = 0; i < 3; ++i)
      bench.arrive(Bench::packet(request(i, 100 * i, static_cast<std::uint8_t>(i % 2)), 10 + i));
    bench.sim.run_until(Time{100us});
    ASSERT_EQ(bench.sent.size(), 3u);
    for (const Packet& packet : bench.sent) {
      const Header reply = std::get<Header>(decode(packet.header));
      EXPECT_EQ(packet.segment.connection, 10 + reply.call);
      EXPECT_EQ(reply.kind, Kind::kReply);
      EXPECT_EQ(reply.method, 3);
    }
    EXPECT_EQ(bench.taken.size(), 3u);
    for (const Header& header : bench.taken) EXPECT_EQ(header.body_bytes, 100 * header.call);
    EXPECT_EQ(bench.classes, (std::vector<std::uint64_t>{0, 1, 0}));
    for (const auto& finding : bench.checker.findings())
      ADD_FAILURE() << memory::to_string(finding);
    bench.stack->ask_to_leave();
    bench.agent->ask_to_leave();
    bench.sim.run_until(Time{101us});
  }
}

/// A load drawn from a seed, on a bench drawn from it too.
struct Load {
  explicit Load(std::uint64_t seed, const Options& options, int requests)
      : bench(adapted(seed, options)) {
    sim::Stream random(seed, "requests");
    bench.service = Duration{static_cast<std::int64_t>(random() % 3'000'000)};
    bench.reply_bytes = static_cast<std::uint32_t>(random() % 2000);
    bench.start_agent();
    bench.start_stack();
    Time when{};
    for (int i = 0; i < requests; ++i) {
      when += Duration{static_cast<std::int64_t>(random() % 1'500'000)};
      const auto body = static_cast<std::uint32_t>(random() % most_body());
      headers.push_back(
          request(static_cast<std::uint64_t>(i), body, static_cast<std::uint8_t>(random() % 3)));
      bench.sim.at(when, [this, i] { arrive(i); });
    }
  }
  /// Everything that `params` may say, within what is there.
  static Options adapted(std::uint64_t seed, Options options) {
    sim::Stream random(seed, "options");
    options.workers = 1 + static_cast<int>(random() % 6);
    options.cpus = 1 + static_cast<int>(random() % 4);
    options.walks = random() % 2 == 0;
    options.params.receive_ring = 64;
    options.params.return_batch = random() % 2 == 0 ? 1 : 32;
    options.params.transmit_ring = random() % 2 == 0 ? 16 : 256;
    options.params.body_read = random() % 2 == 0 ? 1.0 : 0.3;
    if (random() % 3 == 0) options.params.request_mapping = memory::MemoryType::kUncached;
    if (random() % 3 == 0) options.params.reply_mapping = memory::MemoryType::kUncached;
    return options;
  }
  /// A body that is loaded word by word takes its time.
  std::uint32_t most_body() const {
    return bench.options.params.request_mapping == memory::MemoryType::kUncached ? 100 : 1400;
  }
  void arrive(int i) {
    bench.arrive(
        Bench::packet(headers[static_cast<std::size_t>(i)], static_cast<std::uint32_t>(i)));
  }
  void run(Duration span) {
    bench.sim.run_until(bench.sim.now() + span);
    bench.stack->ask_to_leave();
    bench.agent->ask_to_leave();
    bench.sim.run_until(bench.sim.now() + 1us);
  }

  Bench bench;
  std::vector<Header> headers;
};

TEST(SimulatedStack, LosesNothingAndReadsNothingStaleUnderManySeeds) {
  constexpr int kRequests = 60;
  std::uint64_t seed = 0;
  for (int round = 0; round < 12; ++round)
    for (const Options& options : all_options()) {
      Load load(++seed, options, kRequests);
      SCOPED_TRACE(options.name() + ", seed " + std::to_string(seed));
      Bench& bench = load.bench;
      load.run(2ms);
      const ethernet::QueueStats& port = bench.port.stats(0);
      const SimulatedStackStats& stack = bench.stack->stats();
      EXPECT_EQ(port.received + port.dropped, kRequests);
      EXPECT_EQ(stack.packets, port.received);
      EXPECT_EQ(stack.given, stack.packets);
      EXPECT_EQ(stack.replies, stack.given);
      EXPECT_EQ(stack.transmitted + stack.refused, stack.replies);
      EXPECT_EQ(port.transmitted, stack.transmitted);
      EXPECT_EQ(std::ssize(bench.taken), stack.given);
      EXPECT_EQ(std::ssize(bench.heard), stack.given);
      std::vector<int> answers(kRequests);
      for (const Packet& packet : bench.sent) {
        const auto call = std::get<Header>(decode(packet.header)).call;
        EXPECT_EQ(packet.segment.connection, call);
        ++answers[call];
      }
      for (const int n : answers) EXPECT_LE(n, 1);
      for (const Header& taken : bench.taken) EXPECT_EQ(taken, load.headers[taken.call]);
      for (std::size_t i = 0; i < bench.classes.size(); ++i) EXPECT_LT(bench.classes[i], 3u);
      for (const auto& finding : bench.checker.findings()) ADD_FAILURE() << to_string(finding);
      if (HasFailure()) return;
    }
}

TEST(SimulatedStack, SeesTheSameAtTheSameInstantsIfEachPollIsSimulated) {
  std::uint64_t seed = 1000;
  for (Options options : all_options()) {
    ++seed;
    SCOPED_TRACE(options.name() + ", seed " + std::to_string(seed));
    const auto trace = [&](bool full) {
      options.params.full_polling = full;
      Load load(seed, options, 12);
      load.run(300us);
      const Bench& bench = load.bench;
      EXPECT_GT(bench.sent.size(), 10u);
      return std::tuple(bench.polled_at, bench.given_at, bench.heard_at, bench.taken_at,
                        bench.replied_at, bench.sent_at);
    };
    EXPECT_EQ(trace(false), trace(true));
  }
}

TEST(SimulatedStack, ServesOneWorkerOnOneCpuAfterTheOther) {
  for (Options options : all_options()) {
    SCOPED_TRACE(options.name());
    options.workers = 1;
    options.cpus = 3;
    Bench bench(options);
    bench.start_agent();
    bench.start_stack();
    for (std::uint32_t i = 0; i < 9; ++i) bench.arrive(Bench::packet(request(i, 200), i));
    bench.sim.run_until(Time{300us});
    ASSERT_EQ(bench.ran_on.size(), 9u);
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_EQ(bench.ran_on[i], (std::pair<Worker, int>(0, (static_cast<int>(i) + 1) % 3)));
      EXPECT_EQ(bench.taken[i], request(i, 200));
    }
    EXPECT_EQ(bench.sent.size(), 9u);
    EXPECT_EQ(bench.checker.count(), 0);
  }
}

TEST(SimulatedStack, GivesReceiveEntriesBackByTheBatch) {
  for (const bool on_nic : {true, false}) {
    Options options{.stack_on_nic = on_nic, .agent_on_nic = on_nic};
    options.params.receive_ring = 16;
    options.params.return_batch = 8;
    Bench bench(options);
    for (std::uint32_t i = 0; i < 20; ++i) bench.arrive(Bench::packet(request(i), i));
    EXPECT_EQ(bench.port.stats(0).dropped, 4) << "nobody takes them";
    bench.start_agent();
    bench.start_stack();
    bench.sim.run_until(Time{100us});
    EXPECT_EQ(bench.sent.size(), 16u);
    for (std::uint32_t i = 20; i < 36; ++i) bench.arrive(Bench::packet(request(i), i));
    bench.sim.run_until(Time{200us});
    EXPECT_EQ(bench.port.stats(0).dropped, 4) << "all had been given back";
    for (std::uint32_t i = 36; i < 39; ++i) bench.arrive(Bench::packet(request(i), i));
    bench.sim.run_until(Time{300us});
    // Three entries are taken and not given back: sixteen less three are free.
    for (std::uint32_t i = 39; i < 39 + 14; ++i) bench.arrive(Bench::packet(request(i), i));
    EXPECT_EQ(bench.port.stats(0).dropped, 5);
  }
}

TEST(SimulatedStack, ChargesWhatTheStageCostsOnItsCore) {
  Options options;
  options.cost = [](Stage stage, std::uint32_t bytes) {
    return stage == Stage::kDispatch ? Duration{100ns} + Duration{bytes} : Duration{0};
  };
  Bench bench(options);
  bench.stack_core().start([&] {
    bench.stack->charge(Stage::kDispatch, 5000);
    bench.stack->charge(Stage::kSendDriver, 5000);
    EXPECT_EQ(bench.stack->now(), bench.stack_core().scaled(105ns));
  });
  bench.sim.run_until(Time{1us});
}

TEST(SimulatedStack, ReturnsAtTheDeadline) {
  Bench bench;
  std::vector<Duration> returned;
  bench.stack_core().start([&] {
    bench.stack->give(0, {.connection = 1, .number = 0, .header = request(1)});
    const Event event = bench.stack->poll(10us);
    EXPECT_EQ(event.kind, Event::Kind::kNone);
    returned.push_back(bench.stack->now());
  });
  bench.sim.run_until(Time{20us});
  ASSERT_EQ(returned.size(), 1u);
  EXPECT_GE(returned[0], 10us);
  EXPECT_LT(returned[0], 10us + 50ns);
}

/// What a run costs to simulate. The bench's own arrivals, decisions and threads are in it: six.
TEST(SimulatedStack, TakesFewEntriesOfTheAgendaForARequestAndItsReply) {
  constexpr int kRequests = 1000;
  for (const Options& options : all_options())
    for (const std::uint32_t body : {0u, 400u}) {
      SCOPED_TRACE(options.name() + ", " + std::to_string(body) + " bytes");
      Bench bench(options);
      bench.reply_bytes = body;
      bench.start_agent();
      bench.start_stack();
      for (std::uint32_t i = 0; i < kRequests; ++i)
        bench.sim.after(2us * static_cast<int>(i),
                        [&bench, i, body] { bench.arrive(Bench::packet(request(i, body), i)); });
      bench.sim.run_until(Time{10ms});
      EXPECT_EQ(std::ssize(bench.sent), kRequests);
      const bool loads_body = options.params.payload == PayloadPath::kNic && body > 0;
      const std::uint64_t most = (options.params.tells_class ? 0u : 2u) + (body == 0 ? 21u : 25u) +
                                 (loads_body ? 30u : 0u);
      EXPECT_LE(bench.sim.events(), most * kRequests);
    }
}

}  // namespace
}  // namespace rpc
