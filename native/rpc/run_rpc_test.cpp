// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/run_rpc.h"

#include <gtest/gtest.h>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "native/rpc/echo.h"
#include "sim/config_error.h"

namespace native {
namespace {

using namespace std::chrono_literals;

// How long anything takes is the machine's: these tests look at what was done, never when. So few
// packets are under way that a socket's buffer holds all of them, should nobody run for a while.
constexpr RpcClientOptions kPatient{.patience = 60s};

std::vector<PlannedCall> calls_every(sim::Duration gap, int calls, sim::Duration service) {
  std::vector<PlannedCall> plan;
  for (int call = 0; call < calls; ++call)
    plan.push_back({.arrival = call * gap, .service = service});
  return plan;
}

const std::atomic<bool> kNever{false};

TEST(NativeRpc, AnswersEveryCallOnceWithItsOwnBytes) {
  const RpcReport report = run_rpc({.patience = 60s}, calls_every(1ms, 200, 5us), kNever);
  EXPECT_EQ(report.client.calls.arrived, 200);
  EXPECT_EQ(report.client.calls.completed, 200);
  EXPECT_EQ(report.client.calls.latency.count(), 200);
  EXPECT_EQ(report.client.calls.work, 1ms);
  EXPECT_EQ(report.client.lost, 0);
  EXPECT_EQ(report.client.bad_replies, 0);
  EXPECT_EQ(report.client.stray_replies, 0);
  EXPECT_EQ(report.stack.packets, 200);
  EXPECT_EQ(report.stack.requests, 200);
  EXPECT_EQ(report.stack.replies, 200);
  EXPECT_GE(*report.client.calls.latency.min(), 5us);
}

TEST(NativeRpc, DividesLongMessagesIntoPackets) {
  RpcRunOptions options{.patience = 60s};
  options.request_bytes = 4000;
  options.reply_bytes = 10'000;
  options.mtu = 1000;
  const RpcReport report = run_rpc(options, calls_every(10ms, 12, 5us), kNever);
  EXPECT_EQ(report.client.calls.completed, 12);
  EXPECT_EQ(report.stack.packets, 5 * 12);  // 4,028 bytes in packets of 1,000
  EXPECT_EQ(report.stack.sent, 11 * 12);    // 10,028 bytes
}

TEST(NativeRpc, SharesConnectionsAmongStacks) {
  RpcRunOptions options{.patience = 60s};
  options.stacks = 3;
  options.connections = 6;
  const RpcReport report = run_rpc(options, calls_every(1ms, 60, 5us), kNever);
  EXPECT_EQ(report.client.calls.completed, 60);
  EXPECT_EQ(report.stack.requests, 60);
}

TEST(NativeRpc, TellsShortAndLongCallsApart) {
  std::vector<PlannedCall> calls = calls_every(1ms, 20, 5us);
  calls[3] = {.arrival = calls[3].arrival, .service = 1ms, .kind = workloads::RequestKind::kLong};
  const RpcReport report = run_rpc({.patience = 60s}, calls, kNever);
  EXPECT_EQ(report.client.calls.long_ones.completed, 1);
  EXPECT_GE(*report.client.calls.long_ones.latency.min(), 1ms);
}

TEST(NativeRpc, AnswersWithAnErrorWhatItHasNoPlaceFor) {
  RpcRunOptions options{.patience = 60s};
  options.workers = 1;
  options.most_waiting = 1;
  const RpcReport report = run_rpc(options, calls_every(1ms, 200, 20ms), kNever);
  EXPECT_GT(report.client.refused, 0);
  EXPECT_EQ(report.client.refused, report.stack.refused);
  EXPECT_EQ(report.client.calls.completed, report.stack.given);
  EXPECT_EQ(report.client.lost, 0);
}

TEST(NativeRpc, GivesNoWorkerACallThatNobodyWaitsForAnyMore) {
  RpcRunOptions options;
  options.workers = 1;
  options.patience = 1s;
  options.budget = 1us;
  const RpcReport report = run_rpc(options, calls_every(1ms, 200, 3ms), kNever);
  EXPECT_GT(report.stack.expired, 0);
  EXPECT_EQ(report.stack.requests, report.stack.expired + report.stack.given);
  EXPECT_GE(report.client.lost, report.stack.expired);
}

/// Two workers do at most twenty while calls come.
TEST(NativeRpc, TellsHowManyCallsAreLeftWhenNoMoreCome) {
  const RpcReport report = run_rpc({.patience = 60s}, calls_every(1ms, 200, 20ms), kNever);
  EXPECT_EQ(report.client.calls.completed, 200);
  EXPECT_GT(report.client.left, 50);
}

TEST(NativeRpc, StopsSoonWhenInterrupted) {
  const std::atomic<bool> at_once{true};
  const RpcReport report = run_rpc({}, calls_every(1s, 3600, 5us), at_once);
  EXPECT_LT(report.client.calls.arrived, 2);
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

TEST(NativeRpcClient, DoesNotCallLostWhatIsAnsweredWithOtherBytes) {
  const auto of_another_call = [](const RpcRequest& request) {
    return RpcReply{.header = {.kind = rpc::Kind::kReply},
                    .body = echo_reply(request.header.call + 1, 64)};
  };
  RpcServer server(of_another_call, {});
  RpcClient client({{}, {}}, server.ports(), kPatient);
  const RpcCallStats stats = client.run(kNever);
  EXPECT_EQ(stats.bad_replies, 2);
  EXPECT_EQ(stats.calls.arrived, 2);
  EXPECT_EQ(stats.calls.completed, 0);
  EXPECT_EQ(stats.lost, 0);
}

/// Sends the first request back as it came, and then its reply.
void return_and_answer(const UdpSocket& socket) {
  std::vector<std::byte> buffer(kLargestDatagram);
  std::optional<UdpSocket::Received> received;
  while (!received) {
    received = socket.receive(buffer);
    std::this_thread::yield();
  }
  socket.send(received->from, received->bytes, {}, {});
  const std::vector<std::byte> body = echo_reply(0, 64);
  const rpc::HeaderBytes bytes =
      encode(rpc::Header{.kind = rpc::Kind::kReply, .call = 0, .body_bytes = 64});
  const DatagramHeader datagram = header_of({.message = 1, .total = rpc::kHeaderBytes + 64});
  socket.send(received->from, std::as_bytes(std::span(&datagram, 1)), bytes, body);
}

TEST(NativeRpcClient, DoesNotTakeARequestForAnAnswer) {
  const UdpSocket socket;
  RpcClient client({{}}, {socket.port()}, kPatient);
  std::thread server([&] { return_and_answer(socket); });
  const RpcCallStats stats = client.run(kNever);
  server.join();
  EXPECT_EQ(stats.bad_replies, 1);
  EXPECT_EQ(stats.calls.completed, 1);
  EXPECT_EQ(stats.stray_replies, 0);
  EXPECT_EQ(stats.lost, 0);
}

TEST(RpcRunOptions, AreRefusedOutOfBounds) {
  check(RpcRunOptions{});
  try {
    check(RpcRunOptions{.workers = 0});
    FAIL();
  } catch (const sim::ConfigError& error) {
    EXPECT_EQ(error.where().path, "workers");
    EXPECT_EQ(error.remedy(), "give something from 1 to 256");
  }
}

TEST(Echo, RefusesARequestThatIsNotAsItWasSent) {
  RpcRequest request{.header = {.call = 3, .body_bytes = 64}, .body = echo_request(3, 0ns, 64, 8)};
  EXPECT_EQ(echo(request).body, echo_reply(3, 8));
  request.body.back() ^= std::byte{1};
  EXPECT_EQ(echo(request).header.kind, rpc::Kind::kError);
}

}  // namespace
}  // namespace native
