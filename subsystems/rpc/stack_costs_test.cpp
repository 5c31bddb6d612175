// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/stack_costs.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/json.h"
#include "sim/parameters.h"
#include "subsystems/rpc/stack/program_stats.h"
#include "subsystems/rpc/stack_params.h"

namespace rpc {
namespace {

using sim::operator""_B;

constexpr std::array kAllStages{
    Stage::kReceiveDriver, Stage::kReceiveTransport, Stage::kDeserialise, Stage::kDispatch,
    Stage::kSerialise,     Stage::kSendTransport,    Stage::kSendDriver};

/// Each stage's cost a power of ten of its own, each byte's likewise.
StackCosts distinct() {
  StackCosts costs;
  costs.receive_driver = 1ns;
  costs.receive_transport = 10ns;
  costs.deserialise = 100ns;
  costs.dispatch = 1000ns;
  costs.serialise = 10'000ns;
  costs.send_transport = 100'000ns;
  costs.send_driver = 1'000'000ns;
  costs.transport_per_byte = 1_ps;
  costs.deserialise_per_byte = 2_ps;
  costs.serialise_per_byte = 3_ps;
  costs.checksum_per_byte = 10_ps;
  costs.encrypt = 7ns;
  costs.encrypt_per_byte = 100_ps;
  return costs;
}

TEST(StackCosts, AreThoseOfTheirStage) {
  sim::Duration expected = 1ns;
  for (const Stage stage : kAllStages) {
    EXPECT_EQ(distinct().of(stage, 0), expected);
    expected *= 10;
  }
}

TEST(StackCosts, GrowWithBytesWhereBytesAreTouched) {
  const StackCosts costs = distinct();
  const auto of_a_thousand = [&](Stage stage) {
    return costs.of(stage, 1000) - costs.of(stage, 0);
  };
  EXPECT_EQ(of_a_thousand(Stage::kReceiveDriver), 0ns);
  EXPECT_EQ(of_a_thousand(Stage::kReceiveTransport), 1ns);
  EXPECT_EQ(of_a_thousand(Stage::kDeserialise), 2ns);
  EXPECT_EQ(of_a_thousand(Stage::kDispatch), 0ns);
  EXPECT_EQ(of_a_thousand(Stage::kSerialise), 3ns);
  EXPECT_EQ(of_a_thousand(Stage::kSendTransport), 1ns);
  EXPECT_EQ(of_a_thousand(Stage::kSendDriver), 0ns);
}

TEST(StackCosts, IncludeChecksumAndEncryptionOnlyIfACoreDoesThem) {
  const StackCosts without = distinct();
  for (const ByteWork who : {ByteWork::kNone, ByteWork::kEngine, ByteWork::kCore}) {
    const bool core = who == ByteWork::kCore;
    StackCosts sums = without;
    sums.checksum = who;
    StackCosts secret = without;
    secret.encryption = who;
    for (const Stage stage : kAllStages) {
      const bool transport = stage == Stage::kReceiveTransport || stage == Stage::kSendTransport;
      const sim::Duration rest = without.of(stage, 1000);
      EXPECT_EQ(sums.of(stage, 1000) - rest, core && transport ? 10ns : 0ns);
      EXPECT_EQ(secret.of(stage, 1000) - rest, core && transport ? 107ns : 0ns);
    }
  }
}

TEST(StackCosts, DoNotOverflowForTheLongestMessage) {
  StackCosts costs;
  costs.deserialise_per_byte = 1ns;
  EXPECT_EQ(costs.of(Stage::kDeserialise, 0xffffffff) - costs.deserialise, 4'294'967'295ns);
}

sim::Duration of_a_small_call(const StackCosts& costs) {
  sim::Duration all{};
  for (const Stage stage : kAllStages) all += costs.of(stage, 0);
  return all;
}

/// README.md says what is predicted from these.
TEST(StackCosts, OfASmallCallAreThoseThatTheReadmeCountsWith) {
  EXPECT_EQ(of_a_small_call(StackCosts{}), 6150ns);
  EXPECT_EQ(of_a_small_call(over_kernel_tcp()), 8900ns);
  EXPECT_EQ(of_a_small_call(bare_metal()), 54ns);
}

TEST(StackCosts, AreVouchedFor) {
  EXPECT_EQ(sim::missing_sources<StackCosts>(), std::vector<std::string>{});
  EXPECT_EQ(sim::missing_sources<InlineEngine>(), std::vector<std::string>{});
  for (const auto& preset : presets(std::type_identity<StackCosts>{}))
    EXPECT_TRUE(sim::outside_range(preset.make()).empty()) << preset.name;
}

StackCosts costs_in(const std::string& text) {
  return sim::read<StackCosts>(sim::Document::parse(text, "costs.json"));
}

TEST(StackCosts, AreReadFromAPresetAndWhatDiffersFromIt) {
  const StackCosts costs = costs_in(
      R"({"preset": "kernel_tcp", "serialise_per_byte": "1100 ps", "encryption": "core"})");
  EXPECT_EQ(costs.receive_transport, over_kernel_tcp().receive_transport);
  EXPECT_EQ(costs.serialise_per_byte, 1100_ps);
  EXPECT_EQ(costs.encryption, ByteWork::kCore);
  EXPECT_THROW(costs_in(R"({"checksum": "host"})"), sim::ConfigError);
}

TEST(StackParams, AreVouchedForAndBoundTheProgram) {
  EXPECT_EQ(sim::missing_sources<StackParams>(), std::vector<std::string>{});
  const StackParams params{.most_waiting = 7, .most_incomplete = 8, .most_message = 900_B};
  const StackOptions options = params.options(500_B);
  EXPECT_EQ(options.mtu, 500u);
  EXPECT_EQ(options.most_waiting, 7u);
  EXPECT_EQ(options.most_incomplete, 8u);
  EXPECT_EQ(options.most_message_bytes, 900u);
}

TEST(StackParams, HaveTheProgramsOwnDefaults) {
  const StackOptions own;
  const StackOptions described = StackParams{}.options(1460_B);
  EXPECT_EQ(described.mtu, own.mtu);
  EXPECT_EQ(described.most_waiting, own.most_waiting);
  EXPECT_EQ(described.most_incomplete, own.most_incomplete);
  EXPECT_EQ(described.most_message_bytes, own.most_message_bytes);
}

TEST(ProgramStats, AreWrittenWithTheReasonsForWhichHeadersWereDropped) {
  ProgramStats stats;
  stats.messages = 3;
  stats.malformed.add(Malformed::kReservedBits);
  const auto json = sim::write(stats);
  EXPECT_EQ(json.at("messages"), 3);
  EXPECT_EQ(json.at("malformed").at("reserved_bits"), 1);
  EXPECT_EQ(json.at("malformed").at("truncated"), 0);
}

TEST(InlineEngine, HoldsAPacketForItsLatencyAndItsBytes) {
  const InlineEngine engine{.latency = 300ns,
                            .bandwidth = sim::Bandwidth::gigabits_per_second(200)};
  EXPECT_EQ(engine.delay(0_B), 300ns);
  EXPECT_EQ(engine.delay(1500_B), 360ns);
}

}  // namespace
}  // namespace rpc
