// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/params.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "sim/config_error.h"
#include "sim/parameters.h"

namespace fabric {
namespace {

std::string refusal_of(const std::function<void(FabricParams&)>& change) {
  FabricParams params;
  change(params);
  try {
    check(params);
  } catch (const sim::ConfigError& error) {
    return error.where().path;
  }
  return "accepted";
}

TEST(FabricParams, HaveASourceEach) {
  EXPECT_EQ(sim::missing_sources<FabricParams>(), std::vector<std::string>{});
  EXPECT_EQ(sim::missing_sources<FlowParams>(), std::vector<std::string>{});
}

TEST(FabricParams, AreRefusedWhereTheyMakeNoSenseAndNowhereElse) {
  using P = FabricParams;
  EXPECT_EQ(refusal_of([](P&) {}), "accepted");
  EXPECT_EQ(refusal_of([](P& p) { p.near_clients = -1; }), "near_clients");
  EXPECT_EQ(refusal_of([](P& p) { p.near_clients = 0; }), "near_clients");
  EXPECT_EQ(refusal_of([](P& p) { p.near_clients = 0, p.racks = 1; }), "accepted");
  EXPECT_EQ(refusal_of([](P& p) { p.near_clients = 4096; }), "accepted");
  EXPECT_EQ(refusal_of([](P& p) { p.near_clients = 4081, p.racks = 1; }), "racks");
  EXPECT_EQ(refusal_of([](P& p) { p.rack_clients = 0; }), "rack_clients");
  EXPECT_EQ(refusal_of([](P& p) { p.server.rate = {}; }), "server.rate");
  EXPECT_EQ(refusal_of([](P& p) { p.client.latency = Duration{-1}; }), "client.latency");
  EXPECT_EQ(refusal_of([](P& p) { p.uplink.latency = 2s; }), "uplink.latency");
  EXPECT_EQ(refusal_of([](P& p) { p.top_of_rack = Duration{-1}; }), "top_of_rack");
  EXPECT_EQ(refusal_of([](P& p) { p.spine = 2s; }), "spine");
  EXPECT_EQ(refusal_of([](P& p) { p.headers = Bytes{-1}; }), "headers");
  EXPECT_EQ(refusal_of([](P& p) { p.message_share = 0; }), "message_share");
  EXPECT_EQ(refusal_of([](P& p) { p.message_share = 1; }), "message_share");
}

TEST(FabricParams, AreRefusedWhenABulkFlowGoesNowhere) {
  const auto refusal_with = [](FlowParams flow) {
    return refusal_of([&flow](FabricParams& p) { p.flows = {FlowParams{}, flow}; });
  };
  EXPECT_EQ(refusal_with({.from = 16, .to = 0}), "accepted");
  EXPECT_EQ(refusal_with({.from = 17, .to = 0}), "flows.1.from");
  EXPECT_EQ(refusal_with({.from = 0, .to = -1}), "flows.1.to");
  EXPECT_EQ(refusal_with({.from = 3, .to = 3}), "flows.1.to");
  EXPECT_EQ(refusal_with({.size = 0_B}), "flows.1.size");
  EXPECT_EQ(refusal_with({.start = Duration{-1}}), "flows.1.start");
  EXPECT_EQ(refusal_with({.limit = Bandwidth::bits_per_second(1)}), "flows.1.limit");
}

}  // namespace
}  // namespace fabric
