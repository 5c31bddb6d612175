// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/link.h"

#include <array>
#include <gtest/gtest.h>
#include <vector>

namespace pcie {
namespace {

constexpr Direction kDown = Direction::kToEndpoint;
constexpr Direction kUp = Direction::kToRootComplex;

struct Bench {
  LinkParams params;
  sim::Simulation sim;
  Link link{sim, params};

  explicit Bench(LinkParams p = {}) : params(p) {}
  Duration wire(Bytes bytes) const { return params.tlp_bandwidth().time_for(bytes); }
  Duration write(Bytes payload) const { return wire(payload + params.write_header); }
  Duration request() const { return wire(params.read_header); }
  Duration completion(Bytes payload) const { return wire(payload + params.completion_header); }
  Duration flight() const { return params.one_way(); }

  void post(Direction d, Bytes size, std::vector<Time>& arrivals, Legs legs = {}) {
    link.post(d, size, legs, [this, &arrivals] { arrivals.push_back(sim.now()); });
  }
};

Time at(Duration d) {
  return Time{} + d;
}

TEST(PcieLink, DeliversAWriteAfterItsWireTimeAndOneFlight) {
  Bench bench;
  std::vector<Time> arrivals;
  const Time due = at(bench.write(64_B) + bench.flight());

  bench.post(kDown, 64_B, arrivals);

  bench.sim.run_until(due - Duration{1});
  EXPECT_EQ(arrivals.size(), 0u);
  bench.sim.run_until(due);
  EXPECT_EQ(arrivals.size(), 1u);
  EXPECT_EQ(bench.sim.events(), 1u);
}

TEST(PcieLink, TakesTheTabulatedTimesOnTheWire) {
  // Payload, bytes on the wire, nanoseconds: gen4 x16 with 64-bit addresses.
  struct Row {
    Bytes payload, wire;
    double ns;
  };
  constexpr std::array<Row, 4> rows{
      {{4_B, 28_B, 0.99}, {8_B, 32_B, 1.13}, {64_B, 88_B, 3.10}, {256_B, 280_B, 9.85}}};
  for (const Row& row : rows) {
    Bench bench;
    bench.link.post(kUp, row.payload, [] {});
    EXPECT_EQ(bench.link.stats().to_root_complex.busy, bench.wire(row.wire));
    EXPECT_NEAR(sim::to_ns(bench.wire(row.wire)), row.ns, 0.006);
  }
}

TEST(PcieLink, HoldsTheWireForOneWriteAtATimeButNotTheFlight) {
  Bench bench;
  std::vector<Time> arrivals;
  bench.post(kDown, 64_B, arrivals);
  bench.post(kDown, 64_B, arrivals);
  bench.post(kUp, 64_B, arrivals);
  bench.sim.run();

  const Time first = at(bench.write(64_B) + bench.flight());
  EXPECT_EQ(arrivals, (std::vector<Time>{first, first, first + bench.write(64_B)}));
}

TEST(PcieLink, SplitsAWriteAtTheMps) {
  for (const Bytes size : {256_B, 257_B}) {
    Bench bench;
    std::vector<Time> arrivals;
    bench.post(kUp, size, arrivals);
    bench.sim.run();

    const Duration one = bench.write(256_B);
    const Duration taken = size == 256_B ? one : one + bench.write(4_B);  // whole words
    EXPECT_EQ(arrivals, std::vector<Time>{at(taken + bench.flight())});
    EXPECT_EQ(bench.link.stats().to_root_complex.posted, size == 256_B ? 1 : 2);
    EXPECT_EQ(bench.link.stats().to_root_complex.posted_payload, size);
    EXPECT_EQ(bench.sim.events(), 1u);
  }
}

TEST(PcieLink, AnswersAReadAfterRequestServiceAndCompletion) {
  Bench bench;
  std::vector<Time> served, done;
  bench.link.read(
      kDown, 64_B,
      [&] {
        served.push_back(bench.sim.now());
        return Duration{40ns};
      },
      [&] { done.push_back(bench.sim.now()); });
  bench.sim.run();

  const Time asked = at(bench.request() + bench.flight());
  EXPECT_EQ(served, std::vector<Time>{asked});
  EXPECT_EQ(done, std::vector<Time>{asked + 40ns + bench.completion(64_B) + bench.flight()});
  EXPECT_EQ(bench.sim.events(), 2u);
}

TEST(PcieLink, SplitsAReadAtTheMrrsAndItsCompletionsAtTheMpsOrTheRcb) {
  for (const bool at_rcb : {false, true}) {
    Bench bench({.split_at_boundary = at_rcb});
    std::vector<Bytes> offsets;
    bool done = false;
    bench.link.read(
        kUp, 1500_B,
        [&](Chunk chunk) {
          offsets.push_back(chunk.offset);
          return Duration{};
        },
        [&] { done = true; });
    bench.sim.run();

    EXPECT_TRUE(done);
    EXPECT_EQ(offsets, (std::vector<Bytes>{0_B, 512_B, 1024_B}));
    const LinkStats stats = bench.link.stats();
    EXPECT_EQ(stats.to_root_complex.nonposted, 3);
    EXPECT_EQ(stats.to_endpoint.completions, at_rcb ? 24 : 6);
    EXPECT_EQ(stats.to_endpoint.completion_payload, 1500_B);
  }
}

TEST(PcieLink, ChargesLegsWithoutEventsOfTheirOwn) {
  Bench bench;
  std::vector<Time> arrivals;
  bench.post(kDown, 8_B, arrivals, {.to_wire = 105ns, .to_completer = 120ns});
  bench.sim.run();

  EXPECT_EQ(arrivals, std::vector<Time>{at(105ns + bench.write(8_B) + bench.flight() + 120ns)});
  EXPECT_EQ(bench.sim.events(), 1u);
}

TEST(PcieLink, LetsAWriteThatIsReadyUseTheWireBeforeOneThatIsOnItsWay) {
  Bench bench;
  std::vector<Time> late, early;
  bench.post(kDown, 256_B, late, {.to_wire = 105ns});
  bench.post(kDown, 64_B, early);
  bench.sim.run();

  EXPECT_EQ(early, std::vector<Time>{at(bench.write(64_B) + bench.flight())});
  EXPECT_EQ(late, std::vector<Time>{at(105ns + bench.write(256_B) + bench.flight())});
}

TEST(PcieLink, DelaysAWriteOnItsWayByOneThatTakesTheWireJustBefore) {
  Bench bench;
  std::vector<Time> late, early;
  bench.post(kDown, 64_B, late, {.to_wire = 105ns});
  bench.sim.at(at(105ns - Duration{1}), [&] { bench.post(kDown, 256_B, early); });
  bench.sim.run();

  const Time free = at(105ns - Duration{1} + bench.write(256_B));
  EXPECT_EQ(early, std::vector<Time>{free + bench.flight()});
  EXPECT_EQ(late, std::vector<Time>{free + bench.write(64_B) + bench.flight()});
}

TEST(PcieLink, MakesAWriteWaitForTheHeaderCreditOfTheOneThatFillsTheReceiver) {
  Bench bench({.posted_header_credits = 2, .posted_data_credits = 64});
  std::vector<Time> arrivals;
  for (int i = 0; i < 3; ++i) bench.post(kDown, 64_B, arrivals);
  bench.sim.run();

  const Time first = at(bench.write(64_B) + bench.flight());
  const Time credit = first + bench.params.credit_return;
  EXPECT_EQ(arrivals, (std::vector<Time>{first, first + bench.write(64_B),
                                         credit + bench.write(64_B) + bench.flight()}));
  EXPECT_EQ(bench.link.stats().to_endpoint.credit_stalls, 1);
}

TEST(PcieLink, MakesAWriteWaitForDataCredits) {
  for (const int units : {32, 31}) {
    Bench bench({.posted_header_credits = 8, .posted_data_credits = units});
    std::vector<Time> arrivals;
    for (int i = 0; i < 2; ++i) bench.post(kDown, 256_B, arrivals);
    bench.sim.run();

    const Time first = at(bench.write(256_B) + bench.flight());
    const Time credit = first + bench.params.credit_return;
    const Time second =
        units == 32 ? first + bench.write(256_B) : credit + bench.write(256_B) + bench.flight();
    EXPECT_EQ(arrivals, (std::vector<Time>{first, second}));
  }
}

TEST(PcieLink, LetsAWritePassAReadWithoutCreditsButNoReadAWriteWithout) {
  Bench bench(
      {.posted_header_credits = 1, .posted_data_credits = 16, .nonposted_header_credits = 1});
  std::vector<int> order;
  const auto read = [&](int id) {
    bench.link.read(
        kDown, 8_B,
        [&order, id] {
          order.push_back(id);
          return Duration{};
        },
        [] {});
  };
  const auto post = [&](int id) {
    bench.link.post(kDown, 8_B, [&order, id] { order.push_back(id); });
  };
  read(0);
  read(1);  // has no credits
  post(2);  // passes it
  post(3);  // has no credits
  bench.sim.run_until(at(bench.flight() + 10ns));
  EXPECT_EQ(order, (std::vector<int>{0, 2}));
  read(4);  // stays behind 3 and 1
  bench.sim.run();
  EXPECT_EQ(order, (std::vector<int>{0, 2, 1, 3, 4}));
}

TEST(PcieLink, MakesAReadWaitForATag) {
  Bench bench({.tags = 1});
  std::vector<Time> done;
  for (int i = 0; i < 2; ++i)
    bench.link.read(
        kUp, 64_B, [] { return Duration{100ns}; }, [&] { done.push_back(bench.sim.now()); });
  EXPECT_EQ(bench.link.reads_waiting(kUp), 1);
  bench.sim.run();

  const Duration round = bench.request() + 100ns + bench.completion(64_B) + 2 * bench.flight();
  EXPECT_EQ(done, (std::vector<Time>{at(round), at(2 * round)}));
  EXPECT_EQ(bench.link.stats().tag_stalls, 1);
}

TEST(PcieLink, SendsNothingWhileItStalls) {
  Bench bench;
  std::vector<Time> arrivals;
  bench.post(kDown, 64_B, arrivals);
  bench.post(kDown, 64_B, arrivals, {.to_wire = 105ns});
  bench.sim.after(50ns, [&] { bench.link.stall(1us); });
  bench.sim.run();

  EXPECT_EQ(arrivals, (std::vector<Time>{at(bench.write(64_B) + bench.flight()),
                                         at(50ns + 1us + bench.write(64_B) + bench.flight())}));
}

/// A read of a requester with a completion timeout, across a link that stands still from 50 ns on.
struct ExpiringRead {
  explicit ExpiringRead(Duration stall) {
    bench.link.read(
        kDown, 64_B, Legs{.to_requester = 10ns},
        [this] {
          ++served;
          return Duration{100ns};
        },
        [this] { done = bench.sim.now(); }, [this] { expired = bench.sim.now(); });
    bench.sim.after(50ns, [this, stall] { bench.link.stall(stall); });
    bench.sim.run();
  }
  Bench bench{{.completion_timeout = kTimeout}};
  int served = 0;
  Time done{};
  Time expired{};
  static constexpr Duration kTimeout = 50us;
};

TEST(PcieLink, GivesAReadUpWhoseCompletionDoesNotComeInTimeAndNoSooner) {
  const Bench bench;
  const Duration longest = ExpiringRead::kTimeout - 50ns - bench.completion(64_B) - bench.flight();
  const Time deadline = at(ExpiringRead::kTimeout + 10ns);

  ExpiringRead just(longest);
  EXPECT_EQ(just.done, deadline);
  EXPECT_EQ(just.expired, Time{});
  EXPECT_EQ(just.bench.link.stats().completion_timeouts, 0);
  EXPECT_EQ(just.bench.sim.events(), 3u) << "no entry of the agenda for what does not happen";

  ExpiringRead late(longest + Duration{1});
  EXPECT_EQ(late.expired, deadline);
  EXPECT_EQ(late.done, Time{}) << "the completion that comes after all is dropped";
  EXPECT_EQ(late.served, 1);
  EXPECT_EQ(late.bench.link.stats().completion_timeouts, 1);
}

TEST(PcieLink, GivesAReadUpWhoseRequestDoesNotEvenLeave) {
  Bench bench({.completion_timeout = 50us});
  Time expired{};
  Time served{};
  bench.link.stall(200us);
  bench.link.read(
      kDown, 8_B, {},
      [&] {
        served = bench.sim.now();
        return Duration{};
      },
      [] { FAIL(); }, [&] { expired = bench.sim.now(); });
  bench.sim.run();
  EXPECT_EQ(expired, at(50us));
  EXPECT_EQ(served, at(200us + bench.request() + bench.flight())) << "nobody tells the completer";
}

TEST(PcieLink, CountsAReadsTimeFromWhenItHasATag) {
  Bench bench({.tags = 1, .completion_timeout = 50us});
  std::vector<Time> expired;
  bench.link.stall(120us);
  for (int i = 0; i < 2; ++i)
    bench.link.read(
        kDown, 8_B, {}, [] { return Duration{}; }, [] {},
        [&] { expired.push_back(bench.sim.now()); });
  bench.sim.run();
  EXPECT_EQ(expired, (std::vector{at(50us)}))
      << "the other one waits for the tag, then is answered";
}

TEST(PcieLink, MayBeUsedAgainFromItsOwnCallbacks) {
  Bench bench;
  int reads = 0;
  struct Reader {
    Bench& bench;
    int& reads;
    void again() const {
      bench.link.read(
          kDown, 8_B, [] { return Duration{}; },
          [self = *this] {
            if (++self.reads < 100) self.again();
          });
    }
  };
  Reader{bench, reads}.again();
  bench.sim.run();
  EXPECT_EQ(reads, 100);
}

}  // namespace
}  // namespace pcie
