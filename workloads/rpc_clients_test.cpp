// SPDX-License-Identifier: Apache-2.0
#include "workloads/rpc_clients.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "sim/config_error.h"
#include "sim/parameters.h"
#include "sim/statistics.h"

namespace workloads {
namespace {

using namespace std::chrono_literals;
using sim::Bytes;
using sim::Duration;
using sim::Time;

/// Surveyed once: it is the same for all tests.
const fabric::Platform& platform() {
  static const fabric::Platform surveyed = fabric::survey({});
  return surveyed;
}

const ServiceParams kService{.kind = ServiceKind::kConstant, .mean = 10us};

/// Clients, their network, and a server that answers each request some time after its last byte.
struct RpcBench {
  RpcBench(const RpcClientParams& p, const ArrivalParams& a, const ServiceParams& s = kService,
           std::uint64_t seed = 1)
      : params(p),
        net(sim, fabric, platform()),
        times(make_service_times(s, seed)),
        clients(p, a, *times, sim, net, seed) {
    clients.to_server([this](const rpc::Packet& packet) { take(packet); });
  }

  void take(const rpc::Packet& packet) {
    came.push_back(sim.now());
    packets.push_back(packet);
    if (packet.has_header()) headers[rpc::Reassembler::key_of(packet.segment)] = packet.header;
    if (assembled.add(packet.segment) != rpc::Arrival::kComplete) return;
    const auto read = rpc::decode(headers[rpc::Reassembler::key_of(packet.segment)]);
    if (const auto* header = std::get_if<rpc::Header>(&read)) serve(packet.segment, *header);
  }

  void serve(const rpc::Segment& segment, const rpc::Header& header) {
    requests.push_back(header);
    in_service += 1;
    const std::size_t number = requests.size() - 1;
    segments.push_back(segment);
    sim.after(service(header), [this, number] {
      in_service -= 1;
      reply(number);
    });
  }

  void reply(std::size_t number) {
    rpc::Header header = requests[number];
    header.kind = kind;
    header.body_bytes = clients.sizes().reply(header.call, header.slo_class);
    const auto total = static_cast<std::uint32_t>(rpc::kHeaderBytes) + header.body_bytes;
    rpc::Packet packet{.segment = segments[number], .header = rpc::encode(header)};
    packet.segment.total = total;
    const auto mtu = static_cast<std::uint32_t>(params.mtu.count);
    for (packet.segment.offset = 0; packet.segment.offset < total; packet.segment.offset += mtu) {
      packet.segment.length = std::min(mtu, total - packet.segment.offset);
      clients.from_server(packet);
    }
  }

  /// Of a packet with so many bytes of a message, on an empty network.
  Duration one_way(std::int64_t bytes) const {
    const Bytes size = net.on_the_wire(Bytes{bytes});
    return fabric.client.rate.time_for(size) + fabric.server.rate.time_for(size) +
           fabric.client.latency + fabric.top_of_rack + fabric.server.latency;
  }
  const RpcClientStats& stats() const { return clients.stats(); }

  RpcClientParams params;
  fabric::FabricParams fabric;
  sim::Simulation sim;
  fabric::Network net;
  std::unique_ptr<ServiceTimes> times;
  RpcClients clients;
  std::function<Duration(const rpc::Header&)> service = [](const rpc::Header&) { return 10us; };
  rpc::Kind kind = rpc::Kind::kReply;
  rpc::Reassembler assembled{1024, rpc::kHeaderBytes + rpc::kMostBodyBytes};
  std::map<rpc::Reassembler::Key, rpc::HeaderBytes> headers;
  std::vector<Time> came;
  std::vector<rpc::Packet> packets;
  std::vector<rpc::Header> requests;
  std::vector<rpc::Segment> segments;
  int in_service = 0;
};

const ArrivalParams kSlow{.kind = ArrivalKind::kDeterministic, .rate = {1e3}};

TEST(RpcClients, MeasureFromTheIntendedArrivalToTheLastByteOfTheReply) {
  RpcBench bench({}, kSlow);
  bench.clients.start();
  const Duration latency = bench.one_way(28 + 64) + 10us + bench.one_way(28 + 1024);
  bench.sim.run_until(Time{1ms + latency - Duration{1}});
  EXPECT_EQ(bench.stats().in_flight(), 1);
  bench.sim.run_until(Time{1ms + latency});
  EXPECT_EQ(bench.stats().in_flight(), 0);
  EXPECT_EQ(bench.stats().calls.latency.min(), latency);
  EXPECT_EQ(bench.stats().calls.latency.max(), latency);
  EXPECT_EQ(bench.stats().calls.work, 10us);
}

TEST(RpcClients, SendRealHeaders) {
  RpcBench bench({.connections = 4, .budget = 250us}, {.rate = {1e5}, .long_share = 0.5},
                 {.kind = ServiceKind::kBimodal, .long_share = 0.5});
  bench.clients.start();
  bench.sim.run_until(Time{1ms});
  ASSERT_GT(bench.requests.size(), 50u);
  const RequestClasses classes(1, 0.5);
  for (std::size_t i = 0; i < bench.requests.size(); ++i) {
    const rpc::Header& header = bench.requests[i];
    EXPECT_EQ(header.kind, rpc::Kind::kRequest);
    EXPECT_EQ(header.slo_class, classes.is_long(header.call) ? 1 : 0);
    EXPECT_EQ(header.method, header.slo_class);  // the same coin
    EXPECT_EQ(header.budget_us, 250u);
    EXPECT_EQ(header.body_bytes, 64u);
    EXPECT_LT(bench.segments[i].connection, 64u);
  }
}

TEST(RpcClients, ComeAtTheInstantsOfAnOpenLoopWithoutANetwork) {
  for (const std::uint64_t seed : {1u, 2u}) {
    const ArrivalParams params{.rate = {200e3}, .long_share = 0.1};
    RpcBench bench({}, params, kService, seed);
    bench.clients.start();
    bench.sim.run_until(Time{2ms});
    const auto arrivals = make_arrivals(params, seed);
    ASSERT_GT(bench.came.size(), 300u);
    std::vector<Time> alone;
    for (std::size_t i = 0; i < bench.came.size(); ++i) {
      const Arrival arrival = *arrivals->next();
      EXPECT_EQ(bench.requests[i].call, arrival.request);
      EXPECT_EQ(bench.requests[i].slo_class, arrival.request_class);
      alone.push_back(arrival.at + bench.one_way(28 + 64));
    }
    // Only those that meet another one on the way are later than alone.
    std::size_t later = 0;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      EXPECT_GE(bench.came[i], alone[i]);
      later += bench.came[i] > alone[i];
    }
    EXPECT_LT(later, alone.size() / 100);
  }
}

TEST(RpcClients, DividesMessagesIntoPacketsOfAnMtuAndPutsRepliesTogether) {
  RpcClientParams params{.request = {.mean = Bytes{3000}}, .reply = {.mean = Bytes{2 * 1460 - 28}}};
  RpcBench bench(params, kSlow);
  bench.clients.start();
  bench.sim.run_until(Time{1500us});
  ASSERT_EQ(bench.packets.size(), 3u);
  EXPECT_EQ(bench.packets[0].segment.length, 1460u);
  EXPECT_EQ(bench.packets[2].segment.length, 3028u - 2 * 1460);
  EXPECT_EQ(bench.packets[2].segment.total, 3028u);
  EXPECT_EQ(bench.requests.size(), 1u);
  EXPECT_EQ(bench.net.stats().from_server.packets, 2);
  EXPECT_EQ(bench.stats().calls.completed, 1);
  // A client's cable is the slower one. The rest of the request is at the switch while the packet
  // before it leaves; the second packet of the reply follows the first one on the client's cable.
  const auto client_wire = [&](std::int64_t bytes) {
    return bench.fabric.client.rate.time_for(bench.net.on_the_wire(Bytes{bytes}));
  };
  const auto server_wire = [&](std::int64_t bytes) {
    return bench.fabric.server.rate.time_for(bench.net.on_the_wire(Bytes{bytes}));
  };
  const Duration there = client_wire(1460) + bench.one_way(1460) + server_wire(108);
  EXPECT_EQ(bench.stats().calls.latency.max(),
            there + 10us + bench.one_way(1460) + client_wire(1460));
}

TEST(RpcClients, KeepsExactlySoManyOutstandingInAClosedLoop) {
  RpcBench bench({.loop = LoopKind::kClosed, .outstanding = 3}, {});
  bench.clients.start();
  for (Time t{}; t < Time{1ms}; t += 7us) {
    bench.sim.run_until(t);
    EXPECT_EQ(bench.stats().in_flight(), 3 * 16);
  }
  EXPECT_GT(bench.stats().calls.completed, 3000);
  EXPECT_EQ(bench.stats().calls.arrived, bench.stats().calls.completed + 48);
}

/// In a closed loop without waiting, throughput is outstanding / (think time + latency).
TEST(RpcClients, ThinkBetweenCallsOfAClosedLoop) {
  RpcBench bench({.loop = LoopKind::kClosed, .outstanding = 2, .think = 50us}, {});
  bench.clients.start();
  bench.sim.run_until(Time{200ms});
  const RpcClientStats& stats = bench.stats();
  const double cycle = 50e-6 + sim::to_seconds(*stats.calls.latency.mean());
  EXPECT_NEAR(static_cast<double>(stats.calls.completed) / (0.2 * 32 / cycle), 1, 0.01);
  EXPECT_LE(stats.in_flight(), 32);
}

/// Little's law, over the whole system of network and server: the mean number of calls in it is
/// arrivals per second times mean latency.
TEST(RpcClients, ObeysLittlesLaw) {
  RpcBench bench({}, {.rate = {400e3}});
  bench.clients.start();
  double calls_us = 0;
  for (int us = 1; us <= 100'000; ++us) {
    bench.sim.run_until(Time{us * 1us});
    calls_us += static_cast<double>(bench.stats().in_flight());
  }
  const double mean_in_flight = calls_us / 100'000;
  const double rate = static_cast<double>(bench.stats().calls.arrived) / 0.1;
  EXPECT_NEAR(mean_in_flight / (rate * sim::to_seconds(*bench.stats().calls.latency.mean())), 1,
              0.01);
}

TEST(RpcClients, EndsAUserRequestWithTheSlowestOfItsCalls) {
  RpcBench bench({.fan_out = 5}, kSlow);
  bench.service = [](const rpc::Header& header) { return (header.call == 3 ? 500us : 10us); };
  bench.clients.start();
  bench.sim.run_until(Time{1400us});
  EXPECT_EQ(bench.stats().calls.arrived, 5);
  EXPECT_EQ(bench.stats().calls.completed, 4);
  EXPECT_EQ(bench.stats().users.completed, 0);
  bench.sim.run_until(Time{1600us});
  EXPECT_EQ(bench.stats().users.arrived, 1);
  EXPECT_EQ(bench.stats().users.completed, 1);
  EXPECT_EQ(bench.stats().users.latency.max(), bench.stats().calls.latency.max());
  EXPECT_GT(*bench.stats().users.latency.max(), 500us);
  const auto same_client = [&](const rpc::Segment& segment) {
    return bench.clients.client_of(segment.connection) ==
           bench.clients.client_of(bench.segments[0].connection);
  };
  EXPECT_TRUE(std::ranges::all_of(bench.segments, same_client));
}

/// Replies of a fan-out to one client leave the server at once and queue for its cable.
TEST(RpcClients, MakeAnIncastOfTheRepliesToAFanOut) {
  RpcBench bench({.fan_out = 8}, kSlow);
  bench.service = [&bench](const rpc::Header&) { return Time{1100us} - bench.sim.now(); };
  bench.clients.start();
  bench.sim.run_until(Time{1900us});
  const Duration wire = bench.fabric.client.rate.time_for(bench.net.on_the_wire(Bytes{1052}));
  EXPECT_EQ(bench.stats().users.latency.max(), 100us + bench.one_way(1052) + 7 * wire);
  EXPECT_EQ(bench.stats().calls.latency.min(), 100us + bench.one_way(1052));
}

TEST(RpcClients, CountAnAnswerAsGoodputUpToTheSloOfItsClass) {
  const Duration network = RpcBench({}, kSlow).one_way(92) + RpcBench({}, kSlow).one_way(1052);
  for (const double long_share : {0.0, 1.0}) {
    for (const Duration late : {Duration{0}, Duration{1}}) {
      RpcBench bench(
          {.slo = 50us, .long_slo = 70us},
          {.kind = ArrivalKind::kDeterministic, .rate = {1e3}, .long_share = long_share});
      const Duration slo = long_share > 0 ? 70us : 50us;
      bench.service = [=](const rpc::Header&) { return slo - network + late; };
      bench.clients.start();
      bench.sim.run_until(Time{1500us});
      EXPECT_EQ(bench.stats().within_slo(), late > Duration{0} ? 0 : 1);
      const RpcClassStats& of_class =
          long_share > 0 ? bench.stats().class_1 : bench.stats().class_0;
      EXPECT_EQ(of_class.arrived, 1);
      EXPECT_EQ(of_class.completed, 1);
      EXPECT_EQ(of_class.latency.max(), slo + late);
    }
  }
}

TEST(RpcClients, GiveACallUpAtTheInstantAtWhichItsBudgetEnds) {
  const Duration network = RpcBench({}, kSlow).one_way(92) + RpcBench({}, kSlow).one_way(1052);
  for (const Duration early : {Duration{0}, Duration{1}}) {
    RpcBench bench({.budget = 300us}, kSlow);
    bench.service = [=](const rpc::Header&) { return 300us - network - early; };
    bench.clients.start();
    bench.sim.run_until(Time{1300us - Duration{1}});
    EXPECT_EQ(bench.stats().lost, 0);
    bench.sim.run_until(Time{1300us});
    EXPECT_EQ(bench.stats().calls.completed, early > Duration{0} ? 1 : 0);
    EXPECT_EQ(bench.stats().lost, early > Duration{0} ? 0 : 1);
    bench.sim.run_until(Time{1900us});
    EXPECT_EQ(bench.stats().stray_replies, early > Duration{0} ? 0 : 1);
    EXPECT_EQ(bench.stats().users.completed, bench.stats().calls.completed);
  }
}

TEST(RpcClients, LoseTheCallsWhoseHeadersAreDamaged) {
  RpcBench bench({.budget = 200us, .malformed = 0.1}, {.rate = {1e6}});
  bench.clients.start();
  bench.sim.run_until(Time{20ms});
  const RpcClientStats& stats = bench.stats();
  EXPECT_NEAR(static_cast<double>(stats.malformed) / static_cast<double>(stats.calls.arrived), 0.1,
              0.01);
  EXPECT_LE(stats.lost, stats.malformed);
  EXPECT_GT(stats.lost, stats.malformed - 60);  // whose budget is not over
  EXPECT_EQ(stats.calls.arrived,
            stats.calls.completed + stats.refused + stats.lost + stats.in_flight());
  EXPECT_EQ(stats.stray_replies, 0);
}

TEST(RpcClients, GoOnInAClosedLoopAfterACallThatIsLost) {
  RpcBench bench({.loop = LoopKind::kClosed, .budget = 100us, .malformed = 1}, {});
  bench.clients.start();
  bench.sim.run_until(Time{1ms - Duration{1}});
  EXPECT_EQ(bench.stats().lost, 9 * 16);
  EXPECT_EQ(bench.stats().in_flight(), 16);
}

TEST(RpcClients, CountRefusalsApart) {
  RpcBench bench({}, kSlow);
  bench.kind = rpc::Kind::kError;
  bench.clients.start();
  bench.sim.run_until(Time{1500us});
  EXPECT_EQ(bench.stats().refused, 1);
  EXPECT_EQ(bench.stats().calls.completed, 0);
  EXPECT_EQ(bench.stats().users.completed, 0);
  EXPECT_EQ(bench.stats().in_flight(), 0);
}

TEST(RpcClients, CountRepliesThatFitNoCall) {
  RpcBench bench({}, kSlow);
  bench.service = [](const rpc::Header&) { return 10ms; };
  bench.clients.start();
  bench.sim.run_until(Time{1100us});
  const auto send = [&](rpc::Header header, std::uint32_t connection, std::uint32_t length) {
    bench.clients.from_server(
        {.segment = {.connection = connection, .message = 7, .length = length, .total = length},
         .header = rpc::encode(header)});
    bench.sim.run_until(bench.sim.now() + 100us);
  };
  rpc::Header header = bench.requests.at(0);
  const std::uint32_t connection = bench.segments.at(0).connection;
  header.kind = rpc::Kind::kReply;
  header.body_bytes = 0;
  header.call = 12345;
  send(header, connection, 28);
  EXPECT_EQ(bench.stats().stray_replies, 1);  // no such call
  header.call = 0;
  send(header, connection ^ 1, 28);
  EXPECT_EQ(bench.stats().stray_replies, 2);  // of another connection
  send(header, connection, 29);
  EXPECT_EQ(bench.stats().bad_replies, 1);  // not as long as it says
  send(bench.requests.at(0), connection, 92);
  EXPECT_EQ(bench.stats().bad_replies, 2);  // a request
  send(header, connection, 10);
  EXPECT_EQ(bench.stats().bad_replies, 3);  // shorter than a header
  EXPECT_EQ(bench.stats().in_flight(), 1);
  send(header, connection, 28);
  EXPECT_EQ(bench.stats().calls.completed, 1);
  send(header, connection, 28);
  EXPECT_EQ(bench.stats().stray_replies, 3);  // a second time
}

TEST(RpcClients, AreTheSameForTheSameSeedAndOthersForAnother) {
  const auto hash_of = [](std::uint64_t seed) {
    RpcBench bench(
        {.fan_out = 2, .reply = {.mean = Bytes{3000}, .variation = 1}, .malformed = 0.01},
        {.rate = {300e3}, .long_share = 0.1}, kService, seed);
    bench.clients.start();
    bench.sim.run_until(Time{3ms});
    EXPECT_EQ(bench.stats().class_0.arrived + bench.stats().class_1.arrived,
              bench.stats().calls.arrived);
    return bench.sim.hash();
  };
  EXPECT_EQ(hash_of(5), hash_of(5));
  EXPECT_NE(hash_of(5), hash_of(6));
}

TEST(RpcClients, UseAllClientsAndConnectionsAlike) {
  RpcBench bench({.connections = 2}, {.rate = {1e6}});
  bench.clients.start();
  bench.sim.run_until(Time{32ms});
  std::vector<int> of_connection(32);
  for (const rpc::Segment& segment : bench.segments) ++of_connection.at(segment.connection);
  for (const int calls : of_connection) EXPECT_NEAR(calls, 1000, 160);  // five deviations
}

TEST(RpcClients, LeaveBetweenMeasurementsWhatCameBefore) {
  RpcBench bench({}, {.rate = {100e3}});
  bench.clients.start();
  bench.sim.run_until(Time{10ms});
  const RpcClientStats before = bench.stats();
  bench.sim.run_until(Time{30ms});
  const RpcClientStats measured = bench.stats() - before;
  EXPECT_EQ(measured.calls.arrived + before.calls.arrived, bench.stats().calls.arrived);
  EXPECT_EQ(measured.calls.latency.count(), measured.calls.completed);
  EXPECT_NEAR(static_cast<double>(measured.calls.completed), 2000, 250);
}

TEST(RpcSizes, DrawLognormalBodiesWithTheirMeanByCall) {
  const RpcSizes sizes({.reply = {.mean = Bytes{1000}, .variation = 0.5}}, 3);
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 100'000;
  for (std::uint64_t call = 0; call < kDraws; ++call) {
    const double size = sizes.reply(call, 0);
    sum += size;
    squares += size * size;
  }
  const double mean = sum / kDraws;
  EXPECT_NEAR(mean, 1000, 8);
  EXPECT_NEAR(std::sqrt(squares / kDraws - mean * mean), 500, 15);
  EXPECT_EQ(sizes.reply(17, 0), sizes.reply(17, 0));
  EXPECT_EQ(sizes.reply(17, 1), 1024u);
  EXPECT_EQ(sizes.request(17, 0), 64u);
}

std::string refusal_of(const RpcClientParams& params) {
  try {
    check(params);
  } catch (const sim::ConfigError& error) {
    return error.where().path;
  }
  return "accepted";
}

TEST(RpcClientParams, AreRefusedWhereTheyMakeNoSenseAndNowhereElse) {
  EXPECT_EQ(sim::missing_sources<RpcClientParams>(), std::vector<std::string>{});
  EXPECT_EQ(refusal_of({}), "accepted");
  EXPECT_EQ(refusal_of({.outstanding = 0}), "outstanding");
  EXPECT_EQ(refusal_of({.think = Duration{-1}}), "think");
  EXPECT_EQ(refusal_of({.connections = 0}), "connections");
  EXPECT_EQ(refusal_of({.fan_out = 0}), "fan_out");
  EXPECT_EQ(refusal_of({.reply = {.mean = Bytes{-1}}}), "reply.mean");
  EXPECT_EQ(refusal_of({.request = {.mean = Bytes{0}}}), "accepted");
  EXPECT_EQ(refusal_of({.request = {.mean = Bytes{0}, .variation = 1}}), "request.mean");
  EXPECT_EQ(refusal_of({.mtu = Bytes{27}}), "mtu");
  EXPECT_EQ(refusal_of({.mtu = Bytes{28}}), "accepted");
  EXPECT_EQ(refusal_of({.budget = Duration{0}}), "budget");
  EXPECT_EQ(refusal_of({.budget = Duration{1'500'000}}), "budget");
  EXPECT_EQ(refusal_of({.budget = 1us}), "accepted");
  EXPECT_EQ(refusal_of({.slo = Duration{0}}), "slo");
  EXPECT_EQ(refusal_of({.long_slo = Duration{-1}}), "long_slo");
  EXPECT_EQ(refusal_of({.malformed = 1.1}), "malformed");
}

TEST(RpcClientParams, AreRefusedForATraceInAClosedLoop) {
  EXPECT_THROW(
      RpcBench({.loop = LoopKind::kClosed}, {.kind = ArrivalKind::kTrace, .trace = "t.json"}),
      sim::ConfigError);
}

}  // namespace
}  // namespace workloads
