// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/run_rpc.h"

#include <gtest/gtest.h>

#include "native/rpc/echo.h"

namespace native {
namespace {

using namespace std::chrono_literals;

// How long anything takes is the machine's: these tests look at what was done, never when. So few
// packets are under way that a socket's buffer holds all of them, should nobody run for a while.
constexpr RpcClientOptions kPatient{.patience = 60s};

RpcRunOptions few_calls() {
  RpcRunOptions options;
  options.client = kPatient;
  options.between_calls = 1ms;
  options.service = 5us;
  options.length = 200ms;
  return options;
}

const std::atomic<bool> kNever{false};

TEST(NativeRpc, AnswersEveryCallOnceWithItsOwnBytes) {
  const RpcReport report = run_rpc(few_calls(), kNever);
  const auto calls = report.client.calls.arrived;
  EXPECT_GT(calls, 100);
  EXPECT_EQ(report.client.calls.completed, calls);
  EXPECT_EQ(report.client.calls.latency.count(), calls);
  EXPECT_EQ(report.client.lost, 0);
  EXPECT_EQ(report.client.bad_replies, 0);
  EXPECT_EQ(report.client.stray_replies, 0);
  EXPECT_EQ(report.stack.packets, calls);
  EXPECT_EQ(report.stack.requests, calls);
  EXPECT_EQ(report.stack.replies, calls);
  EXPECT_GE(*report.client.calls.latency.min(), 5us);
}

TEST(NativeRpc, DividesLongMessagesIntoPackets) {
  RpcRunOptions options = few_calls();
  options.between_calls = 10ms;
  options.client.request_bytes = 4000;
  options.client.reply_bytes = 10'000;
  options.server.stack.mtu = 1000;
  const RpcReport report = run_rpc(options, kNever);
  const auto calls = report.client.calls.arrived;
  EXPECT_EQ(report.client.calls.completed, calls);
  EXPECT_EQ(report.stack.packets, 3 * calls);  // 4,028 bytes in packets of 1,460
  EXPECT_EQ(report.stack.sent, 11 * calls);    // 10,028 bytes in packets of 1,000
}

TEST(NativeRpc, SharesConnectionsAmongStacks) {
  RpcRunOptions options = few_calls();
  options.server.stacks = 3;
  options.client.connections = 6;
  const RpcReport report = run_rpc(options, kNever);
  EXPECT_EQ(report.client.calls.completed, report.client.calls.arrived);
  EXPECT_EQ(report.stack.requests, report.client.calls.arrived);
}

TEST(NativeRpc, AnswersWithAnErrorWhatItHasNoPlaceFor) {
  RpcRunOptions options = few_calls();
  options.server.workers = 1;
  options.server.stack.most_waiting = 1;
  options.service = 20ms;
  const RpcReport report = run_rpc(options, kNever);
  EXPECT_GT(report.client.refused, 0);
  EXPECT_EQ(report.client.refused, report.stack.refused);
  EXPECT_EQ(report.client.calls.completed, report.stack.given);
  EXPECT_EQ(report.client.lost, 0);
}

TEST(NativeRpc, GivesNoWorkerACallThatNobodyWaitsForAnyMore) {
  RpcRunOptions options = few_calls();
  options.server.workers = 1;
  options.client.patience = 1s;
  options.client.budget = 1us;
  options.service = 3ms;
  const RpcReport report = run_rpc(options, kNever);
  EXPECT_GT(report.stack.expired, 0);
  EXPECT_EQ(report.stack.requests, report.stack.expired + report.stack.given);
  EXPECT_GE(report.client.lost, report.stack.expired);
}

TEST(NativeRpc, StopsSoonWhenInterrupted) {
  RpcRunOptions options = few_calls();
  options.length = 3600s;
  options.between_calls = 1s;
  const std::atomic<bool> at_once{true};
  EXPECT_LT(run_rpc(options, at_once).client.calls.arrived, 2);
}

TEST(NativeRpcStack, DropsWhatIsNoPacketOfThisProtocol) {
  RpcServer server(echo, {});
  const UdpSocket stranger;
  const std::vector<std::byte> noise(100, std::byte{0x5a});
  EXPECT_TRUE(stranger.send(server.ports().front(), noise, {}, {}));
  RpcClient client({{}}, server.ports(), kPatient);  // answered after it, on one socket
  EXPECT_EQ(client.run(kNever).calls.completed, 1);
  const RpcServer::Stats stats = server.stop();
  EXPECT_EQ(stats.wire.strangers, 1);
  EXPECT_EQ(stats.stack.packets, 1);
}

TEST(NativeRpcStack, CountsABrokenHeader) {
  RpcServer server(echo, {});
  const UdpSocket liar;
  const DatagramHeader header = header_of({.total = rpc::kHeaderBytes});
  const std::vector<std::byte> zeroes(rpc::kHeaderBytes);
  EXPECT_TRUE(liar.send(server.ports().front(), std::as_bytes(std::span(&header, 1)), zeroes, {}));
  RpcClient client({{}}, server.ports(), kPatient);
  EXPECT_EQ(client.run(kNever).calls.completed, 1);
  EXPECT_EQ(server.stop().stack.malformed.of(rpc::Malformed::kNoMagic), 1);
}

TEST(Echo, RefusesARequestThatIsNotAsItWasSent) {
  RpcRequest request{.header = {.call = 3, .body_bytes = 64}, .body = echo_request(3, 0ns, 64, 8)};
  EXPECT_EQ(echo(request).body, echo_reply(3, 8));
  request.body.back() ^= std::byte{1};
  EXPECT_EQ(echo(request).header.kind, rpc::Kind::kError);
}

}  // namespace
}  // namespace native
