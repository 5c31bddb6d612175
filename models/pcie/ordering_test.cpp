// SPDX-License-Identifier: Apache-2.0
// Random traffic from many seeds: the ordering rules hold, nothing is lost, and every arrival is
// that of a plain model which knows all traffic beforehand and looks at all of it at every step.
#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "models/pcie/link.h"

namespace pcie {
namespace {

constexpr int kSeeds = 100;

/// SplitMix64: enough to scatter traffic.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::int64_t below(std::int64_t n) {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return static_cast<std::int64_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(n));
  }

 private:
  std::uint64_t state_;
};

struct Train {
  PacketClass kind;
  Bytes payload;
  Time handed;  // to the wire, which may be before it is ready
  Time ready;
  std::optional<Time> arrived;
};

LinkParams random_params(Dice& dice) {
  LinkParams p;
  p.max_payload = dice.below(2) != 0 ? 128_B : 256_B;
  p.posted_header_credits = static_cast<int>(dice.below(6));
  p.posted_data_credits = p.posted_header_credits == 0 ? 0 : static_cast<int>(16 + dice.below(32));
  p.nonposted_header_credits = static_cast<int>(dice.below(4));
  p.completion_header_credits = static_cast<int>(dice.below(4));
  p.completion_data_credits =
      p.completion_header_credits == 0 ? 0 : static_cast<int>(16 + dice.below(32));
  p.flight = Duration{1 + dice.below(200'000)};
  p.credit_return = Duration{dice.below(100'000)};
  return p;
}

/// In the order in which they are handed over.
std::vector<Train> random_traffic(Dice& dice) {
  std::vector<Train> trains;
  Time handed{};
  for (int i = 0; i < 60; ++i) {
    handed += Duration{dice.below(3) == 0 ? 0 : dice.below(30'000)};
    const auto kind = static_cast<PacketClass>(dice.below(3));
    const Bytes payload{kind == PacketClass::kNonposted ? 0 : 1 + dice.below(700)};
    const Duration lead{dice.below(2) == 0 ? 0 : dice.below(150'000)};
    trains.push_back({kind, payload, handed, handed + lead, {}});
  }
  return trains;
}

/// The plain model. Trains are taken by age; credits are counted from the list of all packets sent.
class Plain {
 public:
  Plain(const LinkParams& params, std::vector<Train>& trains) : params_(params) {
    for (Train& t : trains) queue_.push_back({&t, t.payload});
    std::stable_sort(queue_.begin(), queue_.end(), [](const Waiting& a, const Waiting& b) {
      return a.train->ready < b.train->ready;
    });
  }

  void run() {
    while (!queue_.empty()) send_from(next());
  }

 private:
  struct Waiting {
    Train* train;
    Bytes left;
  };
  struct Sent {
    PacketClass kind;
    std::int64_t units;
    Time back;
  };

  std::size_t next() const {
    std::size_t best = queue_.size();
    for (std::size_t i = 0; i < queue_.size(); ++i)
      if (may_be_next(i) && (best == queue_.size() || turn(i) < turn(best))) best = i;
    return best;
  }
  bool may_be_next(std::size_t i) const {
    return std::none_of(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Waiting& older) {
                          return older.train->kind == queue_[i].train->kind ||
                                 older.train->kind == PacketClass::kPosted;
                        });
  }
  Time turn(std::size_t i) const {
    const Waiting& w = queue_[i];
    const Time ready = std::max(w.train->ready, now_);
    return credits(w) > std::max(ready, free_) ? credits(w) : ready;
  }

  void send_from(std::size_t i) {
    now_ = turn(i);
    Waiting& w = queue_[i];
    do {
      if (credits(w) > std::max(now_, free_)) return;
      send_packet(w);
    } while (w.left > 0_B);
    w.train->arrived = free_ + params_.one_way();
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  void send_packet(Waiting& w) {
    const Bytes payload = packet(w);
    const Bytes words{(payload.count + 3) / 4 * 4};
    free_ = std::max(now_, free_) + params_.tlp_bandwidth().time_for(header(w) + words);
    sent_.push_back(
        {w.train->kind, units(payload), free_ + params_.one_way() + params_.credit_return});
    w.left -= payload;
  }

  /// The first instant at which what is out of credits leaves room for one more packet.
  Time credits(const Waiting& w) const {
    if (room_at(Time::min(), w)) return Time::min();
    Time best = Time::max();
    for (const Sent& s : sent_)
      if (s.back < best && room_at(s.back, w)) best = s.back;
    return best;
  }
  bool room_at(Time t, const Waiting& w) const {
    const auto [packets, data] = limits(w.train->kind);
    if (packets == 0) return true;
    std::int64_t out = 0, units_out = 0;
    for (const Sent& s : sent_) {
      if (s.kind != w.train->kind || s.back <= t) continue;
      ++out;
      units_out += s.units;
    }
    return out < packets && (data == 0 || units_out + units(packet(w)) <= data);
  }
  std::pair<int, int> limits(PacketClass kind) const {
    if (kind == PacketClass::kPosted)
      return {params_.posted_header_credits, params_.posted_data_credits};
    if (kind == PacketClass::kNonposted) return {params_.nonposted_header_credits, 0};
    return {params_.completion_header_credits, params_.completion_data_credits};
  }
  Bytes packet(const Waiting& w) const { return std::min(w.left, params_.max_payload); }
  Bytes header(const Waiting& w) const {
    return w.train->kind == PacketClass::kCompletion ? 20_B : 24_B;
  }
  static std::int64_t units(Bytes payload) { return (payload.count + 15) / 16; }

  const LinkParams& params_;
  std::vector<Waiting> queue_;  // oldest first
  std::vector<Sent> sent_;
  Time now_ = Time::min();
  Time free_ = Time::min();
};

/// Hands the trains to a wire as a link does, and notes when each is told to arrive.
struct OrderingBench {
  LinkParams params;
  sim::Simulation sim;
  Wire wire;
  int arrived = 0;

  explicit OrderingBench(const LinkParams& p) : params(p), wire(p) {}

  void run(std::vector<Train>& trains) {
    for (Train& t : trains)
      sim.at(t.handed, [this, &t] {
        follow(t, wire.send(sim.now(), {.kind = t.kind, .payload = t.payload, .ready = t.ready}));
      });
    sim.run();
  }
  void follow(Train& t, Wire::Due due) {
    sim.at(due.when, [this, &t, due] {
      if (due.train != Wire::Due::kDecided) {
        const Wire::Due again = wire.ask(sim.now(), due.train);
        if (again.train != Wire::Due::kDecided || again.when > sim.now()) return follow(t, again);
      }
      t.arrived = sim.now();
      ++arrived;
    });
  }
};

/// Whether `young` may arrive before a train that was ready before it.
bool may_pass(PacketClass young, PacketClass old) {
  return old != PacketClass::kPosted && young != old;
}

bool keeps_the_ordering_rules(std::vector<Train> trains) {
  std::stable_sort(trains.begin(), trains.end(),
                   [](const Train& a, const Train& b) { return a.ready < b.ready; });
  for (std::size_t young = 0; young < trains.size(); ++young)
    for (std::size_t old = 0; old < young; ++old)
      if (!may_pass(trains[young].kind, trains[old].kind) &&
          trains[young].arrived <= trains[old].arrived)
        return false;
  return true;
}

TEST(PcieOrdering, IsKeptExactlyUnderRandomTrafficWithFewCredits) {
  std::int64_t stalls = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Dice dice(seed);
    OrderingBench bench(random_params(dice));
    std::vector<Train> trains = random_traffic(dice);
    std::vector<Train> plain = trains;
    bench.run(trains);
    Plain(bench.params, plain).run();

    ASSERT_EQ(bench.arrived, static_cast<int>(trains.size())) << "seed " << seed;
    ASSERT_TRUE(keeps_the_ordering_rules(trains)) << "seed " << seed;
    for (std::size_t i = 0; i < trains.size(); ++i)
      ASSERT_EQ(trains[i].arrived, plain[i].arrived) << "seed " << seed << ", train " << i;
    stalls += bench.wire.stats(bench.sim.now()).credit_stalls;
  }
  EXPECT_GT(stalls, kSeeds) << "the traffic never ran out of credits";
}

/// Reads and writes in both directions at random instants, and what became of them.
struct Crossfire {
  sim::Simulation sim;
  Link link;
  Dice dice;
  std::int64_t posted[2] = {};  // packets, by direction
  std::int64_t asked[2] = {};
  std::int64_t done = 0;

  Crossfire(const LinkParams& params, std::uint64_t seed) : link(sim, params), dice(seed) {
    for (int i = 0; i < 200; ++i) sim.after(Duration{dice.below(2'000'000)}, [this] { act(); });
  }

  void act() {
    const auto d = static_cast<Direction>(dice.below(2));
    const Bytes size{1 + dice.below(1500)};
    const Legs legs{.to_wire = Duration{dice.below(100'000)}};
    if (dice.below(2) == 0) {
      posted[static_cast<int>(d)] += divide_up(size, link.params().max_payload);
      return link.post(d, size, legs, [this] { ++done; });
    }
    asked[static_cast<int>(d)] += divide_up(size, link.params().max_read_request);
    link.read(
        d, size, legs, [this] { return Duration{dice.below(200'000)}; }, [this] { ++done; });
  }
};

TEST(PcieLink, LosesAndInventsNoPacketUnderRandomTraffic) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Dice dice(seed);
    LinkParams params = random_params(dice);
    params.tags = static_cast<int>(1 + dice.below(4));
    Crossfire c(params, seed);
    c.sim.run_until(Time{} + 1us);
    LinkStats stats = c.link.stats();
    ASSERT_LE(stats.to_endpoint.posted, c.posted[0]) << "seed " << seed;
    ASSERT_LE(c.posted[0], stats.to_endpoint.posted + c.link.held(Direction::kToEndpoint))
        << "seed " << seed;

    c.sim.run();
    stats = c.link.stats();
    ASSERT_EQ(c.done, 200) << "seed " << seed;
    ASSERT_EQ(stats.to_endpoint.posted, c.posted[0]) << "seed " << seed;
    ASSERT_EQ(stats.to_root_complex.posted, c.posted[1]) << "seed " << seed;
    ASSERT_EQ(stats.to_endpoint.nonposted, c.asked[0]) << "seed " << seed;
    ASSERT_EQ(stats.to_root_complex.nonposted, c.asked[1]) << "seed " << seed;
    ASSERT_EQ(c.link.held(Direction::kToEndpoint), 0) << "seed " << seed;
    ASSERT_EQ(c.link.held(Direction::kToRootComplex), 0) << "seed " << seed;
    ASSERT_EQ(c.link.reads_waiting(Direction::kToEndpoint), 0) << "seed " << seed;
    ASSERT_EQ(c.link.reads_waiting(Direction::kToRootComplex), 0) << "seed " << seed;
  }
}

TEST(PcieLink, RepeatsARunFromItsSeed) {
  const auto hash = [](std::uint64_t seed) {
    Crossfire c({.tags = 2}, seed);
    c.sim.run();
    return c.sim.hash();
  };
  for (std::uint64_t seed = 0; seed < 10; ++seed) EXPECT_EQ(hash(seed), hash(seed));
  EXPECT_NE(hash(1), hash(2));
}

}  // namespace
}  // namespace pcie
