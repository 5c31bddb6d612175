// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/network.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "sim/distributions.h"
#include "sim/random.h"
#include "sim/statistics.h"
#include "sim/uniform.h"

namespace fabric {
namespace {

constexpr Bytes kPayload = 1000_B;
constexpr Bytes kFrame = 1078_B;  // with 38 bytes of Ethernet and 40 of IP and TCP

struct Bench {
  explicit Bench(const FabricParams& p = {})
      : params(p), platform(survey(p)), net(sim, p, platform) {}

  Duration client_wire(Bytes frame = kFrame) const { return params.client.rate.time_for(frame); }
  Duration server_wire(Bytes frame = kFrame) const { return params.server.rate.time_for(frame); }
  /// Of the cables and the switch between a client in the rack and the server.
  Duration flight() const {
    return params.client.latency + params.top_of_rack + params.server.latency;
  }
  void send_at(Time when, Node from, Node to, Bytes size = kPayload) {
    const std::size_t number = arrivals.size();
    arrivals.emplace_back();
    sizes.push_back(size);
    sim.at(when, [this, from, to, number] {
      net.send(from, to, sizes[number], [this, number] {
        arrivals[number] = sim.now();
        order.push_back(number);
      });
    });
  }
  const LinkStats& stats_of(const std::string& name) const {
    for (std::size_t i = 0; i < net.links().size(); ++i)
      if (net.links()[i].name == name) return net.stats_of(i);
    throw std::out_of_range(name);
  }

  FabricParams params;
  sim::Simulation sim;
  Platform platform;
  Network net;
  std::vector<Bytes> sizes;
  std::vector<std::optional<Time>> arrivals;
  std::vector<std::size_t> order;
};

TEST(FabricNetwork, TakesAPacketAcrossCablesAndSwitchStoringItOnce) {
  Bench bench;
  const Time due = Time{} + bench.client_wire() + bench.server_wire() + bench.flight();
  bench.send_at(Time{}, 3, 0);
  bench.sim.run_until(due - Duration{1});
  EXPECT_FALSE(bench.arrivals[0]);
  EXPECT_EQ(bench.net.stats().under_way(), 1);
  bench.sim.run_until(due);
  EXPECT_EQ(bench.arrivals[0], due);
  EXPECT_EQ(bench.net.stats().under_way(), 0);
}

TEST(FabricNetwork, TakesTheSameTimeBackOnAnEmptyNetwork) {
  Bench bench;
  bench.send_at(Time{}, 0, 3);
  bench.sim.run();
  EXPECT_EQ(bench.arrivals[0], Time{} + bench.server_wire() + bench.client_wire() + bench.flight());
}

TEST(FabricNetwork, StoresAPacketInEachOfThreeSwitchesOnTheWayFromAnotherRack) {
  Bench bench({.racks = 2, .rack_clients = 4});
  const FabricParams& p = bench.params;
  const Duration uplink = p.uplink.rate.time_for(kFrame);
  const Duration expected = bench.client_wire() + p.client.latency + p.top_of_rack +  //
                            uplink + p.uplink.latency + p.spine +                     //
                            uplink + p.uplink.latency + p.top_of_rack +               //
                            bench.server_wire() + p.server.latency;
  ASSERT_EQ(bench.net.clients(), 24);
  bench.send_at(Time{}, 17, 0);  // the first of the first other rack
  bench.send_at(Time{1ms}, 0, 24);
  bench.sim.run();
  EXPECT_EQ(bench.arrivals[0], Time{expected});
  EXPECT_EQ(bench.arrivals[1], Time{1ms + expected});
  EXPECT_EQ(bench.stats_of("rack1.up").packets, 1);
  EXPECT_EQ(bench.stats_of("rack2.down").packets, 1);
  EXPECT_EQ(bench.stats_of("rack0.up").packets, 1);
  EXPECT_EQ(bench.stats_of("rack2.up").packets, 0);
}

TEST(FabricNetwork, FillsUpShortFramesAndAddsHeadersToAllOthers) {
  Bench bench;
  EXPECT_EQ(bench.net.on_the_wire(1_B), 84_B);
  EXPECT_EQ(bench.net.on_the_wire(6_B), 84_B);
  EXPECT_EQ(bench.net.on_the_wire(7_B), 85_B);
  EXPECT_EQ(bench.net.on_the_wire(kPayload), kFrame);
  bench.send_at(Time{}, 1, 0, 1_B);
  bench.sim.run();
  EXPECT_EQ(bench.arrivals[0],
            Time{} + bench.client_wire(84_B) + bench.server_wire(84_B) + bench.flight());
}

TEST(FabricNetwork, SendsOnePacketAfterTheOtherOnAMachinesWire) {
  Bench bench;
  bench.send_at(Time{}, 1, 0);
  bench.send_at(Time{}, 1, 0);
  bench.sim.run();
  // The server's link is faster, so that the second finds it free.
  EXPECT_EQ(*bench.arrivals[1] - *bench.arrivals[0], bench.client_wire());
  EXPECT_EQ(bench.stats_of("client1.up").busy, 2 * bench.client_wire());
  EXPECT_EQ(bench.stats_of("client1.up").wait.max(), bench.client_wire());
  EXPECT_EQ(bench.stats_of("server.down").wait.max(), Duration{0});
}

/// The second packet comes while the first takes the wire to the server, or just after.
TEST(FabricNetwork, QueuesAtThePortOnlyWhileTheWireIsTaken) {
  const Duration wire = Bench().server_wire();
  for (const Duration gap : {Duration{0}, Duration{1}, wire - Duration{1}, wire, wire + 1ns}) {
    Bench bench;
    bench.send_at(Time{}, 1, 0);
    bench.send_at(Time{gap}, 2, 0);
    bench.sim.run();
    EXPECT_EQ(*bench.arrivals[1] - *bench.arrivals[0], std::max(gap, wire)) << gap.count();
    EXPECT_EQ(bench.net.stats().to_server.wait.max(), std::max(wire - gap, Duration{0}));
  }
}

TEST(FabricNetwork, ServesAnIncastOneByOneInOrderOfArrivalAtTheSwitch) {
  Bench bench;
  for (int client = 16; client > 0; --client) bench.send_at(Time{}, client, 0);
  bench.sim.run();
  const Time first = Time{} + bench.client_wire() + bench.server_wire() + bench.flight();
  for (std::int64_t i = 0; i < 16; ++i) {
    EXPECT_EQ(bench.arrivals[static_cast<std::size_t>(i)], first + i * bench.server_wire());
  }
  EXPECT_EQ(bench.net.stats().to_server.wait.max(), 15 * bench.server_wire());
  EXPECT_EQ(bench.net.stats().to_server.busy, 16 * bench.server_wire());
}

/// A short packet that is sent later can be at the switch sooner than a long one.
TEST(FabricNetwork, LetsPassWhoIsAtTheSwitchFirstWhoeverSentFirst) {
  Bench bench;
  const Duration head_start = bench.client_wire(9078_B) - bench.client_wire();
  for (const Duration later : {head_start - Duration{1}, head_start, head_start + Duration{1}}) {
    Bench again;
    again.send_at(Time{}, 1, 0, 9000_B);
    again.send_at(Time{later}, 2, 0, kPayload);
    again.sim.run();
    const bool overtakes = later < head_start;
    EXPECT_EQ(again.order.front(), overtakes ? 1u : 0u) << later.count();
    const Time long_one = Time{} + again.client_wire(9078_B) + again.server_wire(9078_B) +
                          again.flight() +
                          (overtakes ? again.server_wire() - Duration{1} : Duration{0});
    EXPECT_EQ(again.arrivals[0], long_one);
  }
}

TEST(FabricNetwork, CostsOneEntryAPacketInARackAndOneMoreForEachSwitch) {
  Bench bench({.racks = 1});
  const std::uint64_t sending = 32;
  const std::uint64_t sent_and_hops = std::uint64_t{16} * (1 + 3);
  for (int client = 1; client <= 16; ++client) bench.send_at(Time{}, client, 0);
  for (int client = 1; client <= 16; ++client) bench.send_at(Time{}, 0, client);
  bench.sim.run();
  EXPECT_EQ(bench.sim.events(), sending + 32);
  for (int client = 17; client <= 32; ++client) bench.send_at(Time{1s}, client, 0);
  bench.sim.run();
  EXPECT_EQ(bench.sim.events(), sending + 32 + sent_and_hops);
}

TEST(FabricNetwork, TakesAPacketThatIsHandedToTheWireLater) {
  Bench bench;
  std::vector<Time> arrived;
  for (const Duration when : {1us, 1us, 5us})
    bench.net.send_at(Time{when}, 0, 4, kPayload, [&] { arrived.push_back(bench.sim.now()); });
  bench.sim.run();
  const Duration alone = bench.server_wire() + bench.client_wire() + bench.flight();
  EXPECT_EQ(arrived, (std::vector<Time>{Time{1us + alone}, Time{1us + alone + bench.client_wire()},
                                        Time{5us + alone}}));
}

/// The flow is limited by its client's cable, to the half that is not the messages'.
TEST(FabricNetwork, LeavesPacketsWhatABulkFlowDoesNotTakeOfALink) {
  Bench bench({.flows = {{.from = 1, .to = 0, .size = Bytes{50'000'000}}}});
  const Duration beside = Bandwidth::gigabits_per_second(150).time_for(kFrame);
  bench.send_at(Time{1ms}, 2, 0);   // the flow takes 8 ms
  bench.send_at(Time{2ms}, 1, 0);   // from where the flow comes
  bench.send_at(Time{10ms}, 2, 0);  // after it
  bench.sim.run();
  const Duration shared = Bandwidth::gigabits_per_second(50).time_for(kFrame);
  EXPECT_EQ(bench.arrivals[0], Time{1ms} + bench.client_wire() + beside + bench.flight());
  EXPECT_EQ(bench.arrivals[1], Time{2ms} + shared + beside + bench.flight());
  EXPECT_EQ(bench.arrivals[2],
            Time{10ms} + bench.client_wire() + bench.server_wire() + bench.flight());
}

TEST(FabricNetwork, MayBeUsedFromItsOwnCallbacks) {
  Bench bench;
  int bounces = 0;
  struct Echo {
    Bench& bench;
    int& bounces;
    void operator()() const {
      if (++bounces == 100) return;
      const bool at_server = bounces % 2 == 1;
      bench.net.send(at_server ? 0 : 1, at_server ? 1 : 0, kPayload, *this);
    }
  };
  bench.net.send(1, 0, kPayload, Echo{bench, bounces});
  bench.sim.run();
  EXPECT_EQ(bounces, 100);
  EXPECT_EQ(bench.sim.now(),
            Time{} + 100 * (bench.client_wire() + bench.server_wire() + bench.flight()));
}

// What waits before a wire to which customers come at random, in units of the wire's time for one
// (Pollaczek and Khinchine): mean wait = load / 2 (1 - load) x E[S^2] / E[S].

struct Sizes {
  Bytes small;
  Bytes large;
  double large_share;
};

/// Of 20 times 20,000 packets, those of the clients that `sends` draws.
sim::Estimate mean_wait(const FabricParams& params, const std::string& link, double load,
                        const Sizes& sizes, Bandwidth rate, int clients) {
  const Platform platform = survey(params);
  sim::Replications waits;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::Simulation sim;
    Network net(sim, params, platform);
    sim::Stream stream(seed, "test");
    const double mean =
        (1 - sizes.large_share) * sim::to_seconds(rate.time_for(net.on_the_wire(sizes.small))) +
        sizes.large_share * sim::to_seconds(rate.time_for(net.on_the_wire(sizes.large)));
    const sim::Exponential gap(sim::from_seconds(mean / load));
    Time next{};
    for (int i = 0; i < 20'000; ++i) {
      next += gap(stream);
      const bool large = sim::chance(sizes.large_share, stream);
      const Node from = 1 + static_cast<int>(stream() % static_cast<std::uint64_t>(clients));
      const Bytes size = large ? sizes.large : sizes.small;
      sim.run_until(next);
      net.send(from, 0, size, [] {});
    }
    sim.run();
    for (std::size_t i = 0; i < net.links().size(); ++i)
      if (net.links()[i].name == link) waits.add(seed, sim::to_ns(*net.stats_of(i).wait.mean()));
  }
  return waits.estimate(0.999);
}

TEST(FabricNetwork, MakesAPacketWaitAsLongAsInAnMD1QueueBeforeAMachinesWire) {
  FabricParams params{.near_clients = 1};
  params.client.rate = Bandwidth::gigabits_per_second(10);
  const double service = sim::to_ns(params.client.rate.time_for(kFrame));
  for (const double load : {0.3, 0.7}) {
    const sim::Estimate wait =
        mean_wait(params, "client1.up", load, {kPayload, kPayload, 0}, params.client.rate, 1);
    EXPECT_TRUE(wait.contains(service * load / (2 * (1 - load)))) << load << ": " << wait.mean;
    EXPECT_LT(wait.half_width, 0.1 * wait.mean);
  }
}

/// Clients' wires are a hundred times as fast as the server's, so that what comes to the switch is
/// all but Poisson.
TEST(FabricNetwork, MakesAnIncastWaitAsLongAsInAnMG1QueueBeforeTheServersPort) {
  FabricParams params{.near_clients = 50};
  params.client.rate = Bandwidth::gigabits_per_second(800);
  params.server.rate = Bandwidth::gigabits_per_second(8);
  const auto service = [&](Bytes frame) { return sim::to_ns(params.server.rate.time_for(frame)); };
  const double mean = 0.9 * service(1078_B) + 0.1 * service(9078_B);
  const double second = 0.9 * service(1078_B) * service(1078_B) +  //
                        0.1 * service(9078_B) * service(9078_B);
  for (const double load : {0.3, 0.7}) {
    const sim::Estimate wait =
        mean_wait(params, "server.down", load, {1000_B, 9000_B, 0.1}, params.server.rate, 50);
    EXPECT_TRUE(wait.contains(load / (2 * (1 - load)) * second / mean))
        << load << ": " << wait.mean;
    EXPECT_LT(wait.half_width, 0.1 * wait.mean);
  }
}

// SimGrid's fluid as a second opinion on packets.

/// When the last of `packets` packets of `flow` that are sent one behind the other is there.
Time last_arrival(Bench& bench, const FlowParams& flow, int packets) {
  std::optional<Time> last;
  for (int i = 0; i < packets; ++i)
    bench.net.send(flow.from, flow.to, kPayload, [&last, &bench] { last = bench.sim.now(); });
  bench.sim.run();
  return *last;
}

TEST(FabricNetwork, NeedsForALongTransferWhatSimGridNeedsAndOnePacketMoreForEachSwitch) {
  FabricParams params{.near_clients = 2, .racks = 1, .rack_clients = 2, .message_share = 1e-9};
  for (const Node from : {1, 3}) {
    const FlowParams flow{.from = from, .to = 0, .size = 1000 * kFrame};
    params.flows = {flow};
    const Time fluid = survey(params).flows[0].ended;
    params.flows.clear();
    Bench bench(params);
    Duration stored = bench.server_wire();
    if (from == 3) stored += 2 * params.uplink.rate.time_for(kFrame);
    const Duration difference = last_arrival(bench, flow, 1000) - (fluid + stored);
    EXPECT_LE(std::abs(difference.count()), 2 + 87) << from;  // 1e-9 of 86 us
  }
}

TEST(FabricNetwork, SharesTheServersPortBetweenTwoSendersAsSimGridDoes) {
  FabricParams params{.near_clients = 2, .message_share = 1e-9};
  params.server.rate = Bandwidth::gigabits_per_second(100);
  params.flows = {{.from = 1, .to = 0, .size = 2000 * kFrame},
                  {.from = 2, .to = 0, .size = 1000 * kFrame}};
  const Platform fluid = survey(params);
  params.flows.clear();
  Bench bench(params);
  std::array<Time, 2> ended{};
  for (int i = 0; i < 3000; ++i) {
    const std::size_t flow = i % 2 == 1 && i < 2000 ? 1 : 0;
    bench.net.send(flow == 0 ? 1 : 2, 0, kPayload,
                   [&ended, &bench, flow] { ended[flow] = bench.sim.now(); });
  }
  bench.sim.run();
  for (const std::size_t flow : {0u, 1u}) {
    const Duration difference = ended[flow] - fluid.flows[flow].ended;
    EXPECT_GE(difference, Duration{0}) << flow;
    EXPECT_LE(difference, 2 * bench.server_wire() + 1ns) << flow;  // a packet stored, one before it
  }
}

TEST(FabricNetwork, RunsTheReadmesExample) {
  sim::Simulation sim;
  Network net(sim, {.near_clients = 8, .flows = {{.from = 1, .to = 0, .start = 1ms}}});
  bool arrived = false;
  net.send(2, 0, Bytes{512}, [&arrived] { arrived = true; });
  sim.run();
  EXPECT_TRUE(arrived);
}

TEST(FabricNetwork, GivesTheSameTwice) {
  std::array<std::uint64_t, 2> hashes{};
  for (std::uint64_t& hash : hashes) {
    Bench bench({.racks = 1, .flows = {{.from = 20, .to = 0, .start = 1us}}});
    sim::Stream stream(7, "test");
    for (int i = 0; i < 2000; ++i)
      bench.send_at(Time{Duration{static_cast<std::int64_t>(stream() % 20'000'000)}},
                    1 + static_cast<int>(stream() % 32), 0);
    bench.sim.run();
    hash = bench.sim.hash();
    EXPECT_EQ(bench.net.stats().arrived, 2000);
    EXPECT_EQ(bench.net.stats().payload, 2000 * kPayload);
    EXPECT_EQ(bench.net.stats().to_server.bytes, 2000 * kFrame);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace fabric
