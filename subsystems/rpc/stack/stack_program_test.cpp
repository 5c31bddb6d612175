// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/stack/stack_program.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "subsystems/rpc/stack/scripted_runtime.h"

namespace rpc {
namespace {

using namespace std::chrono_literals;
using Calls = std::vector<std::string>;

Header request(std::uint64_t call, std::uint32_t body_bytes = 36) {
  return {.kind = Kind::kRequest, .method = 3, .call = call, .body_bytes = body_bytes};
}

Header reply(std::uint64_t call, std::uint32_t body_bytes = 72) {
  return {.kind = Kind::kReply, .method = 3, .call = call, .body_bytes = body_bytes};
}

/// A request in one packet, whose number among its connection's messages is that of its call.
Packet in_one_packet(const Header& header, std::uint32_t connection = 1) {
  return packets_of(connection, static_cast<std::uint32_t>(header.call), header, 1 << 30).front();
}

struct StackBench {
  explicit StackBench(Worker workers, const StackOptions& options = {})
      : runtime(workers), program(runtime, options) {}

  /// Everything that has been added to the script since the last run.
  const ProgramStats& run() {
    program.run();
    return program.stats();
  }
  std::vector<std::uint32_t> numbers_given() const {
    std::vector<std::uint32_t> numbers;
    for (const auto& given : runtime.given) numbers.push_back(given.message.number);
    return numbers;
  }
  std::vector<Worker> workers_given() const {
    std::vector<Worker> workers;
    for (const auto& given : runtime.given) workers.push_back(given.worker);
    return workers;
  }

  ScriptedRuntime runtime;
  StackProgram program;
};

TEST(StackProgram, TakesAPacketToAWorkerAndItsReplyToTheWire) {
  StackBench bench(1);
  bench.runtime.add(in_one_packet(request(5)));
  bench.run();
  EXPECT_EQ(bench.runtime.calls, (Calls{"receive driver 64", "receive transport 64",
                                        "deserialise 64", "dispatch 36", "give 5 to 0"}));
  EXPECT_EQ(bench.runtime.given[0].message.connection, 1u);
  EXPECT_EQ(bench.runtime.given[0].message.header, request(5));

  bench.runtime.calls.clear();
  bench.runtime.add_reply(0, reply(5));
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(bench.runtime.calls, (Calls{"serialise 100", "send transport 100", "send driver 100",
                                        "transmit 0+100 from 0"}));
  const Packet& sent = bench.runtime.sent[0].packet;
  EXPECT_EQ(sent.segment,
            (Segment{.connection = 1, .message = 5, .offset = 0, .length = 100, .total = 100}));
  EXPECT_EQ(std::get<Header>(decode(sent.header)), reply(5));
  EXPECT_EQ(stats.packets, 1);
  EXPECT_EQ(stats.messages, 1);
  EXPECT_EQ(stats.requests, 1);
  EXPECT_EQ(stats.given, 1);
  EXPECT_EQ(stats.waited, 0);
  EXPECT_EQ(stats.replies, 1);
  EXPECT_EQ(stats.sent, 1);
  EXPECT_EQ(bench.program.backlog(), 0u);
}

TEST(StackProgram, CountsPacketsThatFindNoRoomOnTheWayOut) {
  StackBench bench(1);
  bench.runtime.has_room = false;
  bench.runtime.add(in_one_packet(request(5)));
  bench.runtime.add_reply(0, reply(5));
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.replies, 1);
  EXPECT_EQ(stats.sent, 0);
  EXPECT_EQ(stats.unsent, 1);
}

TEST(StackProgram, ChargesEveryPacketButGivesTheMessageOnce) {
  StackBench bench(1);
  const auto packets = packets_of(1, 9, request(9, 172), 100);
  bench.runtime.add(packets[1]);
  bench.run();
  EXPECT_EQ(bench.program.backlog(), 1u);
  bench.runtime.add(packets[0]);
  bench.run();
  EXPECT_EQ(bench.runtime.calls,
            (Calls{"receive driver 100", "receive transport 100", "receive driver 100",
                   "receive transport 100", "deserialise 200", "dispatch 172", "give 9 to 0"}));
  EXPECT_EQ(bench.program.backlog(), 0u);
}

TEST(StackProgram, GivesAMessageWithItsHeaderWhateverTheOrderOfItsPackets) {
  auto packets = packets_of(1, 4, request(4, 472), 100);
  ASSERT_EQ(packets.size(), 5u);
  const auto earlier = [](const Packet& a, const Packet& b) {
    return a.segment.offset < b.segment.offset;
  };
  do {
    StackBench bench(1);
    for (const Packet& packet : packets) bench.runtime.add(packet);
    bench.run();
    ASSERT_EQ(bench.runtime.given.size(), 1u);
    EXPECT_EQ(bench.runtime.given[0].message.header, request(4, 472));
  } while (std::next_permutation(packets.begin(), packets.end(), earlier));
}

TEST(StackProgram, DropsAndCountsPacketsThatBringNothingNew) {
  StackBench bench(2);
  const auto packets = packets_of(1, 4, request(4, 172), 100);
  for (const Packet& packet : {packets[0], packets[0], packets[1]}) bench.runtime.add(packet);
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.packets, 3);
  EXPECT_EQ(stats.duplicates, 1);
  EXPECT_EQ(stats.given, 1);
}

TEST(StackProgram, CountsPacketsThatCannotBeAndThoseThatLeaveTooManyHoles) {
  StackBench bench(1);
  Packet wrong = in_one_packet(request(1));
  wrong.segment.length = 65;
  bench.runtime.add(wrong);
  const auto packets = packets_of(1, 2, request(2, 1972), 100);
  for (std::size_t i = 0; i <= 2 * Extents::kMostHoles; i += 2) bench.runtime.add(packets[i]);
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.bad_segments, 1);
  EXPECT_EQ(stats.too_many_holes, 1);
  EXPECT_EQ(stats.messages, 0);
}

TEST(StackProgram, ForgetsWhatNobodyFinishes) {
  StackBench bench(1, {.most_incomplete = 2});
  for (std::uint32_t number = 1; number <= 3; ++number)
    bench.runtime.add(packets_of(1, number, request(number, 172), 100).front());
  EXPECT_EQ(bench.run().forgotten, 1);
  EXPECT_EQ(bench.program.backlog(), 2u);
}

HeaderBytes with_checksum(HeaderBytes bytes) {
  const std::uint32_t sum = crc32c(std::span(bytes).first(kHeaderBytes - 4));
  for (std::size_t i = 0; i < 4; ++i)
    bytes[kHeaderBytes - 4 + i] = static_cast<std::byte>(sum >> (8 * i));
  return bytes;
}

/// One for each reason, in the reasons' order, but for the first: a header in two packets.
std::vector<HeaderBytes> malformed_headers() {
  const HeaderBytes good = encode(request(1));
  std::vector<HeaderBytes> headers(5, good);
  headers[0][0] = std::byte{0};
  headers[1][8] ^= std::byte{1};
  headers[2][2] = std::byte{9};
  headers[3][3] = std::byte{9};
  headers[4][7] = std::byte{1};
  for (std::size_t i = 2; i < headers.size(); ++i) headers[i] = with_checksum(headers[i]);
  headers.push_back(encode(request(1, kMostBodyBytes + 1)));
  return headers;
}

TEST(StackProgram, DropsMalformedHeadersByReasonAndKeepsNothingOfThem) {
  StackBench bench(1);
  for (const HeaderBytes& bytes : malformed_headers()) {
    Packet packet = in_one_packet(request(1));
    packet.header = bytes;
    bench.runtime.add(packet);
  }
  for (const Packet& packet : packets_of(1, 1, request(1), kHeaderBytes - 1))
    bench.runtime.add(packet);
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.messages, 7);
  for (std::size_t way = 0; way < kWaysToBeMalformed; ++way)
    EXPECT_EQ(stats.malformed.of(static_cast<Malformed>(way)), 1) << way;
  EXPECT_EQ(stats.requests, 0);
  EXPECT_TRUE(bench.runtime.given.empty());
  EXPECT_TRUE(bench.runtime.sent.empty());
  EXPECT_EQ(bench.program.backlog(), 0u);
}

TEST(StackProgram, DropsAMessageThatIsNotAsLongAsItsHeaderSays) {
  StackBench bench(1);
  for (const std::uint32_t body : {35u, 37u, 36u}) {
    Packet packet = in_one_packet(request(1));
    packet.header = encode(request(1, body));
    bench.runtime.add(packet);
  }
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.wrong_size, 2);
  EXPECT_EQ(stats.given, 1);
}

TEST(StackProgram, DropsRepliesAndErrorsBecauseItAsksNothing) {
  StackBench bench(1);
  Header error = reply(2);
  error.kind = Kind::kError;
  bench.runtime.add(in_one_packet(reply(1)));
  bench.runtime.add(in_one_packet(error));
  EXPECT_EQ(bench.run().not_requests, 2);
  EXPECT_EQ(bench.program.stats().requests, 0);
  EXPECT_TRUE(bench.runtime.given.empty());
}

TEST(StackProgram, KeepsRequestsInOrderUntilAWorkerIsIdle) {
  StackBench bench(2);
  for (std::uint64_t call = 1; call <= 5; ++call) bench.runtime.add(in_one_packet(request(call)));
  bench.run();
  EXPECT_EQ(bench.numbers_given(), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(bench.program.backlog(), 3u);
  bench.runtime.add_reply(1, reply(2));
  bench.runtime.add_reply(0, reply(1));
  bench.runtime.add_reply(1, reply(3));
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(bench.numbers_given(), (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(bench.workers_given(), (std::vector<Worker>{0, 1, 1, 0, 1}));
  EXPECT_EQ(stats.waited, 3);
  EXPECT_EQ(stats.most_waiting, 3);
  EXPECT_EQ(bench.program.backlog(), 0u);
}

TEST(StackProgram, ServesClassesInTheOrderInWhichTheyCame) {
  StackBench bench(1);
  for (std::uint8_t number = 1; number <= 4; ++number) {
    Header header = request(number);
    header.slo_class = static_cast<std::uint8_t>(number % 2);
    bench.runtime.add(in_one_packet(header));
  }
  for (std::uint64_t call = 1; call <= 3; ++call) bench.runtime.add_reply(0, reply(call));
  bench.run();
  EXPECT_EQ(bench.numbers_given(), (std::vector<std::uint32_t>{1, 2, 3, 4}));
}

TEST(StackProgram, GivesToTheWorkerThatBecameIdleLast) {
  StackBench bench(3);
  for (std::uint64_t call = 1; call <= 3; ++call) bench.runtime.add(in_one_packet(request(call)));
  bench.runtime.add_reply(2, reply(3));
  bench.runtime.add_reply(0, reply(1));
  bench.runtime.add(in_one_packet(request(4)));
  bench.runtime.add(in_one_packet(request(5)));
  bench.run();
  EXPECT_EQ(bench.workers_given(), (std::vector<Worker>{0, 1, 2, 0, 2}));
}

TEST(StackProgram, SendsAReplyBeforeItGivesItsWorkerTheNextRequest) {
  StackBench bench(1, {.mtu = 60});
  bench.runtime.add(in_one_packet(request(1)));
  bench.runtime.add(in_one_packet(request(2)));
  bench.run();
  bench.runtime.calls.clear();
  bench.runtime.add_reply(0, reply(1));
  bench.run();
  EXPECT_EQ(bench.runtime.calls,
            (Calls{"serialise 100", "send transport 60", "send driver 60", "transmit 0+60 from 0",
                   "send transport 40", "send driver 40", "transmit 60+40 from 0", "dispatch 36",
                   "give 2 to 0"}));
}

std::vector<std::uint32_t> lengths_sent(std::uint32_t mtu, std::uint32_t body_bytes) {
  StackBench bench(1, {.mtu = mtu});
  bench.runtime.add(in_one_packet(request(1)));
  bench.runtime.add_reply(0, reply(1, body_bytes));
  bench.run();
  std::vector<std::uint32_t> lengths;
  for (const auto& sent : bench.runtime.sent) lengths.push_back(sent.packet.segment.length);
  return lengths;
}

TEST(StackProgram, CutsARepliesBytesIntoPacketsOfTheMtu) {
  using Lengths = std::vector<std::uint32_t>;
  EXPECT_EQ(lengths_sent(100, 0), (Lengths{28}));
  EXPECT_EQ(lengths_sent(100, 72), (Lengths{100}));
  EXPECT_EQ(lengths_sent(100, 73), (Lengths{100, 1}));
  EXPECT_EQ(lengths_sent(100, 172), (Lengths{100, 100}));
  EXPECT_EQ(lengths_sent(10, 2), (Lengths{28, 2}));  // a header is not divided
}

TEST(StackProgram, DropsARequestThatIsNotWaitedForAnyMore) {
  Header in_a_hurry = request(1, 172);
  in_a_hurry.budget_us = 100;
  for (const auto& [last_at, given] :
       {std::pair{Instant{100us} - Instant{1}, 1}, std::pair{Instant{100us}, 0}}) {
    StackBench bench(1);
    const auto packets = packets_of(1, 1, in_a_hurry, 100);
    bench.runtime.add(packets[0], 0us);
    bench.runtime.add(packets[1], last_at);
    const ProgramStats& stats = bench.run();
    EXPECT_EQ(stats.given, given);
    EXPECT_EQ(stats.expired, 1 - given);
    EXPECT_TRUE(bench.runtime.sent.empty());
  }
}

TEST(StackProgram, DropsWhatExpiredWhileItWaitedForAWorker) {
  StackBench bench(1);
  bench.runtime.add(in_one_packet(request(1)), 0us);
  for (std::uint64_t call = 2; call <= 4; ++call) {
    Header waits = request(call);
    waits.budget_us = call == 4 ? 0 : 100;  // 0: for ever
    bench.runtime.add(in_one_packet(waits), Instant{(call - 2) * 1us});
  }
  bench.runtime.add_reply(0, reply(1), 100us);
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(bench.numbers_given(), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(stats.expired, 1);
  EXPECT_EQ(stats.waited, 1);
  bench.runtime.add_reply(0, reply(3), 1s);
  bench.run();
  EXPECT_EQ(bench.numbers_given(), (std::vector<std::uint32_t>{1, 3, 4}));
  EXPECT_EQ(bench.program.backlog(), 0u);
}

TEST(StackProgram, RefusesWithAnErrorWhatItHasNoRoomFor) {
  StackBench bench(1, {.most_waiting = 2});
  for (std::uint64_t call = 1; call <= 3; ++call) bench.runtime.add(in_one_packet(request(call)));
  bench.run();
  EXPECT_EQ(bench.program.stats().refused, 0);
  EXPECT_EQ(bench.program.backlog(), 2u);
  bench.runtime.calls.clear();
  bench.runtime.add(in_one_packet(request(4), 7));
  bench.run();
  EXPECT_EQ(bench.program.stats().refused, 1);
  EXPECT_EQ(bench.program.backlog(), 2u);
  EXPECT_EQ(bench.runtime.calls,
            (Calls{"receive driver 64", "receive transport 64", "deserialise 64", "serialise 28",
                   "send transport 28", "send driver 28", "transmit 0+28 from -1"}));
  const auto& sent = bench.runtime.sent.at(0);
  EXPECT_EQ(sent.from, kNoWorker);
  EXPECT_EQ(sent.packet.segment.connection, 7u);
  EXPECT_EQ(sent.packet.segment.message, 4u);
  EXPECT_EQ(std::get<Header>(decode(sent.packet.header)),
            (Header{.kind = Kind::kError, .method = 3, .call = 4}));
}

TEST(StackProgram, ForgetsTheExpiredBeforeItRefuses) {
  StackBench bench(1, {.most_waiting = 1});
  Header in_a_hurry = request(2);
  in_a_hurry.budget_us = 10;
  bench.runtime.add(in_one_packet(request(1)), 0us);
  bench.runtime.add(in_one_packet(in_a_hurry), 0us);
  bench.runtime.add(in_one_packet(request(3)), 10us);
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.expired, 1);
  EXPECT_EQ(stats.refused, 0);
  bench.runtime.add_reply(0, reply(1), 11us);
  bench.run();
  EXPECT_EQ(bench.numbers_given(), (std::vector<std::uint32_t>{1, 3}));
}

TEST(StackProgram, DoesNotMixTheNumbersOfTwoConnections) {
  StackBench bench(2);
  const auto here = packets_of(1, 6, request(100, 172), 100);
  const auto there = packets_of(2, 6, request(200, 172), 100);
  for (const Packet& packet : {here[0], there[1], there[0], here[1]}) bench.runtime.add(packet);
  bench.run();
  ASSERT_EQ(bench.runtime.given.size(), 2u);
  EXPECT_EQ(bench.runtime.given[0].message.connection, 2u);
  EXPECT_EQ(bench.runtime.given[0].message.header.call, 200u);
  EXPECT_EQ(bench.runtime.given[1].message.connection, 1u);
  EXPECT_EQ(bench.runtime.given[1].message.header.call, 100u);
  bench.runtime.add_reply(1, reply(100));
  bench.runtime.add_reply(0, reply(200));
  bench.run();
  EXPECT_EQ(bench.runtime.sent[0].packet.segment.connection, 1u);
  EXPECT_EQ(bench.runtime.sent[1].packet.segment.connection, 2u);
}

TEST(StackProgram, AnswersTheCallThatWasAskedWhateverTheWorkerSays) {
  StackBench bench(1);
  bench.runtime.add(in_one_packet(request(11)));
  bench.runtime.add_reply(0, reply(12));
  bench.run();
  EXPECT_EQ(std::get<Header>(decode(bench.runtime.sent[0].packet.header)), reply(11));
}

TEST(StackProgram, SendsAnErrorInPlaceOfAReplyThatNobodyWouldRead) {
  for (const Header& nonsense : {request(1), reply(1, kMostBodyBytes + 1)}) {
    StackBench bench(1);
    bench.runtime.add(in_one_packet(request(1)));
    bench.runtime.add_reply(0, nonsense);
    const ProgramStats& stats = bench.run();
    EXPECT_EQ(stats.bad_replies, 1);
    EXPECT_EQ(stats.replies, 1);
    const Header sent = std::get<Header>(decode(bench.runtime.sent.at(0).packet.header));
    EXPECT_EQ(sent.kind, Kind::kError);
    EXPECT_EQ(sent.body_bytes, 0u);
  }
}

TEST(StackProgram, SendsAWorkersOwnErrorAndTheLongestReply) {
  StackBench bench(1, {.mtu = kHeaderBytes + kMostBodyBytes});
  Header error = reply(1, 8);
  error.kind = Kind::kError;
  for (const Header& answer : {error, reply(1, kMostBodyBytes)}) {
    bench.runtime.add(in_one_packet(request(1)));
    bench.runtime.add_reply(0, answer);
    bench.run();
    EXPECT_EQ(std::get<Header>(decode(bench.runtime.sent.back().packet.header)), answer);
  }
  EXPECT_EQ(bench.program.stats().bad_replies, 0);
}

TEST(StackProgram, IgnoresAReplyOfAWorkerThatHasNoRequest) {
  StackBench bench(1);
  for (const Worker worker : {-1, 0, 1}) bench.runtime.add_reply(worker, reply(1));
  bench.runtime.add(in_one_packet(request(1)));
  bench.runtime.add(in_one_packet(request(2)));
  const ProgramStats& stats = bench.run();
  EXPECT_EQ(stats.stray_replies, 3);
  EXPECT_EQ(stats.replies, 0);
  EXPECT_TRUE(bench.runtime.sent.empty());
  EXPECT_EQ(bench.workers_given(), (std::vector<Worker>{0}));  // there is still one of it
}

TEST(StackProgram, WithoutWorkersKeepsAndRefuses) {
  StackBench bench(0, {.most_waiting = 1});
  bench.runtime.add(in_one_packet(request(1)));
  bench.runtime.add(in_one_packet(request(2)));
  EXPECT_EQ(bench.run().refused, 1);
  EXPECT_EQ(bench.program.backlog(), 1u);
}

TEST(StackProgram, DoesNothingWhenNothingHappens) {
  StackBench bench(1);
  bench.runtime.add(Event{});
  bench.run();
  EXPECT_TRUE(bench.runtime.calls.empty());
}

TEST(ProgramStats, AreSubtractedAndAddedButForTheMostThatEverWaited) {
  StackBench bench(1);
  for (std::uint64_t call = 1; call <= 3; ++call) bench.runtime.add(in_one_packet(request(call)));
  const ProgramStats before = bench.run();
  Packet damaged = in_one_packet(request(4));
  damaged.header[0] = std::byte{0};
  bench.runtime.add(damaged);
  bench.runtime.add_reply(0, reply(1));
  const ProgramStats since = bench.run() - before;
  EXPECT_EQ(since.packets, 1);
  EXPECT_EQ(since.malformed.of(Malformed::kNoMagic), 1);
  EXPECT_EQ(since.given, 1);
  EXPECT_EQ(since.most_waiting, 2);
  const ProgramStats both = since + before;
  EXPECT_EQ(both.packets, 4);
  EXPECT_EQ(both.malformed.all(), 1);
  EXPECT_EQ(both.most_waiting, 2);
  EXPECT_EQ(described(both.malformed).no_magic, 1);
}

TEST(MalformedByReason, HasEachReasonInItsPlace) {
  MalformedCounts counts;
  std::vector<std::int64_t> expected;
  for (std::size_t way = 0; way < kWaysToBeMalformed; ++way) {
    expected.push_back(static_cast<std::int64_t>(way) + 1);
    for (std::size_t times = 0; times <= way; ++times) counts.add(static_cast<Malformed>(way));
  }
  const MalformedByReason reasons = described(counts);
  std::vector<std::int64_t> listed;
  MalformedByReason::describe([&](auto member, auto&&...) { listed.push_back(reasons.*member); });
  EXPECT_EQ(listed, expected);
}

}  // namespace
}  // namespace rpc
