// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/platform.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "models/fabric/program.h"
#include "models/fabric/wire.h"
#include "models/fabric/words.h"
#include "sim/config_error.h"

namespace fabric {
namespace {

Bandwidth gigabits(double gb) {
  return Bandwidth::gigabits_per_second(gb);
}

const PlatformLink& link_named(const Platform& platform, const std::string& name) {
  for (const PlatformLink& link : platform.links)
    if (link.name == name) return link;
  throw std::out_of_range(name);
}

std::vector<std::string> names_on(const Platform& platform, const Route& route) {
  std::vector<std::string> names;
  for (const std::size_t link : route) names.push_back(platform.links[link].name);
  return names;
}

TEST(Platform, LeadsRoutesThroughTheSwitchesBetweenTwoMachines) {
  const Platform platform = survey({.near_clients = 2, .racks = 1, .rack_clients = 1});
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_on(platform, platform.to_server[1]),
            (Names{"client2.up", "rack0.switch", "server.down"}));
  EXPECT_EQ(names_on(platform, platform.from_server[0]),
            (Names{"server.up", "rack0.switch", "client1.down"}));
  EXPECT_EQ(names_on(platform, platform.to_server[2]),
            (Names{"client3.up", "rack1.switch", "rack1.up", "rack1.spine", "rack0.down",
                   "rack0.switch_from_spine", "server.down"}));
  EXPECT_EQ(names_on(platform, platform.from_server[2]),
            (Names{"server.up", "rack0.switch", "rack0.up", "rack0.spine", "rack1.down",
                   "rack1.switch_from_spine", "client3.down"}));
}

/// SimGrid's seconds are doubles: every latency and rate must come back as the whole number it was.
TEST(Platform, GivesLatenciesAndRatesBackToTheLastPicosecond) {
  for (std::int64_t odd = 1; odd < 1'000'000'000'000; odd = 7 * odd + 3) {
    FabricParams params{.near_clients = 1};
    params.client = {.rate = Bandwidth::bits_per_second(99'999'999'989), .latency = Duration{odd}};
    params.top_of_rack = Duration{odd / 3};
    const Platform platform = survey(params);
    EXPECT_EQ(link_named(platform, "client1.up").latency, Duration{odd});
    EXPECT_EQ(link_named(platform, "client1.down").rate, params.client.rate);
    EXPECT_EQ(platform.latency_of(platform.to_server[0]),
              Duration{odd} + Duration{odd / 3} + params.server.latency);
  }
}

TEST(Platform, LetsABulkFlowTakeWhatMessagesAreNotPromised) {
  const FlowParams flow{.from = 1, .to = 0, .size = Bytes{12'500'000}, .start = 1ms};
  const Platform platform = survey({.near_clients = 1, .message_share = 0.5, .flows = {flow}});
  const Duration latency = platform.latency_of(platform.to_server[0]);
  const Time begins = Time{1ms} + latency;
  const Time ends = begins + gigabits(50).time_for(flow.size);
  const std::vector<FlowRate> rates{{begins, gigabits(50)}, {ends, {}}};
  EXPECT_EQ(link_named(platform, "client1.up").flows, rates);
  EXPECT_EQ(link_named(platform, "server.down").flows, rates);
  EXPECT_TRUE(link_named(platform, "server.up").flows.empty());
  EXPECT_EQ(platform.flows[0].begun, Time{1ms});
  EXPECT_EQ(platform.flows[0].ended, ends);
}

TEST(Platform, LimitsAFlowToWhatItWantsToSend) {
  const FlowParams flow{.from = 0, .to = 2, .size = Bytes{1'000'000}, .limit = gigabits(3)};
  const Platform platform = survey({.flows = {flow}});
  ASSERT_EQ(link_named(platform, "client2.down").flows.size(), 2u);
  EXPECT_EQ(link_named(platform, "client2.down").flows[0].rate, gigabits(3));
}

/// What goes through a link is what flows bring, whoever shares what with whom.
TEST(Platform, CarriesEveryByteOfItsFlows) {
  FabricParams params{.near_clients = 4, .racks = 1, .rack_clients = 4, .message_share = 0.2};
  Bytes all{};
  for (Node from = 1; from <= 8; ++from) {
    params.flows.push_back({.from = from,
                            .to = 0,
                            .size = Bytes{std::int64_t{1'000'000} * from},
                            .start = from * 10us});
    all += params.flows.back().size;
  }
  const std::vector<FlowRate> rates = link_named(survey(params), "server.down").flows;
  double bits = 0;
  for (std::size_t i = 0; i + 1 < rates.size(); ++i) {
    EXPECT_LE(rates[i].rate.bits_per_second(), 160'000'000'001);
    bits += static_cast<double>(rates[i].rate.bits_per_second()) *
            sim::to_seconds(rates[i + 1].from - rates[i].from);
  }
  EXPECT_NEAR(bits / 8, static_cast<double>(all.count), 1);
  EXPECT_EQ(rates.back().rate, Bandwidth{});
}

/// Flows over the same latency share the server's link equally, so that when each ends is known to
/// the picosecond. SimGrid adds up its clock in doubles: each of the instants at which something
/// happens adds half a unit in the last place at most, and the result is rounded to picoseconds.
TEST(Platform, IsOffWhereRatesChangeByNoMoreThanWhatDoublesAddUpTo) {
  constexpr int kFlows = 50;
  constexpr std::int64_t kStep = 1003;  // each flow moves so many bytes more than the one before
  for (const std::int64_t second : {0, 1, 10, 100, 1000}) {
    FabricParams params{.near_clients = kFlows};
    params.server.rate = gigabits(100);  // of which flows get 50 Gb/s: 160 ps for a byte
    const Duration start = second * 1s;
    for (int i = 1; i <= kFlows; ++i)
      params.flows.push_back({.from = i, .to = 0, .size = Bytes{i * kStep}, .start = start});
    const Platform platform = survey(params);
    Time exact = Time{start} + platform.latency_of(platform.to_server[0]);
    const double unit =
        std::nextafter(sim::to_seconds(start + 1s), 1e9) - sim::to_seconds(start + 1s);
    const double bound = 0.5 + (kFlows + 2) * unit / 2 * 1e12;
    for (std::size_t i = 0; i < kFlows; ++i) {
      exact += Duration{160 * kStep * static_cast<std::int64_t>(kFlows - i)};
      const Duration error = platform.flows[i].ended - exact;
      ASSERT_LE(static_cast<double>(std::abs(error.count())), bound) << second << " s, flow " << i;
    }
  }
}

TEST(Platform, IsTheSameWhoeverAsksAndHoweverOften) {
  const FabricParams params{.racks = 1, .flows = {{.from = 1, .to = 20}, {.from = 2, .to = 0}}};
  const auto same = [](const Platform& a, const Platform& b) {
    if (a.links.size() != b.links.size()) return false;
    for (std::size_t i = 0; i < a.links.size(); ++i)
      if (a.links[i].flows != b.links[i].flows || a.links[i].latency != b.links[i].latency)
        return false;
    return a.to_server == b.to_server && a.from_server == b.from_server;
  };
  const Platform platform = survey(params);
  std::array<bool, 4> equal{};
  std::vector<std::thread> askers;
  for (bool& is_equal : equal)
    askers.emplace_back([&] {
      is_equal = true;
      for (int i = 0; i < 5; ++i) is_equal = is_equal && same(survey(params), platform);
    });
  for (std::thread& asker : askers) asker.join();
  for (const bool is_equal : equal) EXPECT_TRUE(is_equal);
}

TEST(Surveys, AskOnceForEachNetwork) {
  Surveys surveys;
  FabricParams params;
  const Platform& first = surveys.of(params);
  EXPECT_EQ(&surveys.of(params), &first);
  params.spine += Duration{1};
  const Platform& other = surveys.of(params);
  EXPECT_NE(&other, &first);
  EXPECT_EQ(&surveys.of(FabricParams{}), &first);
  params.near_clients = 0;
  EXPECT_THROW(surveys.of(params), sim::ConfigError);
}

TEST(AskProgram, ThrowsWhenAProgramIsMissingOrFails) {
  EXPECT_THROW(ask_program("/nonexistent", {}), std::runtime_error);
  EXPECT_THROW(ask_program("/bin/false", {}), std::runtime_error);
  EXPECT_TRUE(ask_program("/bin/true", {}).all().empty());
}

TEST(AskProgram, PassesOnAsMuchAsThereIs) {
  Words question(std::vector<std::int64_t>(10'000, 7));
  EXPECT_EQ(ask_program("/bin/cat", question).all(), question.all());
}

TEST(Words, GiveADescribedStructBackAsItWas) {
  FabricParams params{.racks = 3, .message_share = 0.3, .flows = {{.from = 2, .to = 1}, {}}};
  params.flows[0].start = 17ns;
  params.server.latency = Duration{123'457};
  Words words;
  words.put(params);
  words.put(std::string("x.up"));
  words.put(true);
  Words again(words.all());
  const auto read = again.get<FabricParams>();
  EXPECT_EQ(again.get<std::string>(), "x.up");
  EXPECT_TRUE(again.get<bool>());
  EXPECT_EQ(read.racks, 3);
  EXPECT_EQ(read.message_share, 0.3);
  EXPECT_EQ(read.server.latency, params.server.latency);
  EXPECT_EQ(read.server.rate, params.server.rate);
  ASSERT_EQ(read.flows.size(), 2u);
  EXPECT_EQ(read.flows[0].from, 2);
  EXPECT_EQ(read.flows[0].start, 17ns);
}

// What flows leave, packet by packet.

PlatformLink shared_link() {
  return {.name = "x",
          .rate = Bandwidth::bits_per_second(8'000'000'000),  // a byte a nanosecond
          .latency = 0ns,
          .flows = {{Time{100ns}, Bandwidth::bits_per_second(4'000'000'000)},
                    {Time{300ns}, Bandwidth::bits_per_second(6'000'000'000)},
                    {Time{700ns}, {}}}};
}

TEST(Wire, SendsAtWhatFlowsLeaveAndChangesWithThem) {
  const Wire wire(shared_link());
  EXPECT_EQ(wire.finish(Time{0ns}, 100_B), Time{100ns});
  EXPECT_EQ(wire.finish(Time{0ns}, 101_B), Time{102ns});
  EXPECT_EQ(wire.finish(Time{50ns}, 100_B), Time{200ns});
  EXPECT_EQ(wire.finish(Time{100ns}, 100_B), Time{300ns});
  EXPECT_EQ(wire.finish(Time{100ns}, 101_B), Time{304ns});
  EXPECT_EQ(wire.finish(Time{0ns}, 401_B), Time{801ns});  // 100 + 100 + 100 + 101
  EXPECT_EQ(wire.finish(Time{700ns}, 10_B), Time{710ns});
}

TEST(Wire, RoundsUpOnceHoweverOftenRatesChange) {
  PlatformLink link = shared_link();
  link.flows.clear();
  for (int i = 1; i <= 50; ++i)
    link.flows.push_back({Time{Duration{37 * i}}, Bandwidth::bits_per_second(i % 2 == 0 ? 1 : 2)});
  // 50 changes of at most 2 bits in 8e9 a second: they make not even a picosecond.
  EXPECT_EQ(Wire(link).finish(Time{}, 100_B), Time{100ns + Duration{1}});
}

}  // namespace
}  // namespace fabric
