// SPDX-License-Identifier: Apache-2.0
#include "models/ethernet/port.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "models/memory/mapping.h"
#include "sim/parameters.h"

namespace ethernet {
namespace {

using namespace std::chrono_literals;
using memory::Lands;
using sim::Bytes;
using sim::Duration;
using sim::Time;

struct Bench : Network {
  static constexpr std::int64_t kCapacity = 8;
  static constexpr std::uint64_t kAddress = 1 << 20;

  static pcie::PcieParams without_walks() {
    pcie::PcieParams p;
    p.iommu.enabled = false;
    return p;
  }

  /// One queue, in the NIC's memory or in the host's.
  explicit Bench(bool in_host = false, Lands lands = Lands::kInMemory)
      : region(sim, "rings", in_host ? host : nic, Bytes{2 * kCapacity * 64}) {
    port.add_queue({.region = &region,
                    .receive = {.offset = 0, .capacity = kCapacity},
                    .transmit = {.offset = kCapacity * 64, .capacity = kCapacity},
                    .in_host = in_host,
                    .lands = lands,
                    .address = kAddress});
  }

  void send(const Frame& frame, Time when) override {
    sent.push_back(frame);
    left.push_back(when);
  }

  std::uint64_t word(std::int64_t offset) {
    std::uint64_t value;
    region.read(offset, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  std::uint64_t descriptor(std::int64_t entry) { return word(entry * 64); }
  std::uint64_t flag(std::int64_t entry) { return word(entry * 64 + 56); }
  /// When the flag of an entry becomes something else.
  Time changes(std::int64_t entry) {
    const std::uint64_t before = flag(entry);
    while (flag(entry) == before) sim.run_until(sim.now() + sim::Duration{1});
    return sim.now();
  }
  /// As software writes a descriptor.
  void write_descriptor(std::uint64_t number, const Frame& frame) {
    std::array<std::uint64_t, 8> entry{};
    std::ranges::copy(frame.descriptor, entry.begin());
    entry[6] = control_word(frame);
    entry[7] = number;
    const auto at = static_cast<std::int64_t>((number - 1) % kCapacity);
    region.write((kCapacity + at) * 64, std::as_bytes(std::span(entry)), "software");
  }
  Duration wire(std::int64_t bytes) const {
    return pcie_params.link.tlp_bandwidth().time_for(Bytes{bytes});
  }
  Duration up() const { return pcie_params.link.flight + pcie_params.root_complex.fabric; }

  sim::Simulation sim;
  pcie::PcieParams pcie_params = without_walks();
  pcie::Link link{sim, pcie_params.link};
  pcie::RootComplex root{sim, pcie_params};
  pcie::BusMaster host_memory{sim, link, root};
  memory::Domain nic{"nic", {.last_level = 35ns, .dram = 115ns}, 1, {0ns}};
  memory::Domain host{"host", {}, 1, {0ns}};
  memory::Region region;
  Port port{sim, {}, *this, &host_memory};
  std::vector<Frame> sent;
  std::vector<Time> left;
};

Frame packet(std::uint64_t mark, std::uint32_t payload) {
  return {.descriptor = {mark, 2, 3, 4, 5, 6}, .payload = payload};
}

TEST(Port, PutsADescriptorIntoTheNicsMemoryWhenThePipelineIsThrough) {
  Bench bench;
  bench.port.receive(1, packet(77, 1400));
  const Time due = Time{} + bench.port.params().receive_pipeline;
  bench.sim.run_until(due - Duration{1});
  EXPECT_EQ(bench.flag(0), 0u);
  bench.sim.run_until(due);
  EXPECT_EQ(bench.flag(0), 1u);
  EXPECT_EQ(bench.word(0), 77u);
  EXPECT_EQ(bench.word(40), 6u);
  Frame read;
  read_control_word(bench.word(48), read);
  EXPECT_EQ(read.payload, 1400u);
  EXPECT_EQ(bench.sim.events(), 1u);
  EXPECT_EQ(bench.region.line(0).read(bench.nic, 0), 35ns);
}

TEST(Port, PutsADescriptorIntoTheHostsMemoryBehindItsPayload) {
  Bench with(true), without(true);
  with.port.receive(1, packet(77, 1400));
  without.port.receive(1, packet(77, 0));
  const Time alone = Time{} + without.port.params().receive_pipeline + without.wire(88) +
                     without.up() + without.pcie_params.host_memory.write_visible;
  EXPECT_EQ(without.changes(0), alone);
  // Five packets of 256 bytes and one with what is left.
  EXPECT_EQ(with.changes(0), alone + 5 * with.wire(280) + with.wire(24 + 120));
  EXPECT_EQ(with.word(0), 77u);
  EXPECT_EQ(with.sim.events(), 4u);
  EXPECT_EQ(without.sim.events(), 3u);
}

TEST(Port, LeavesDescriptorsWhereTheQueueWantsThem) {
  for (const Lands lands : {Lands::kInMemory, Lands::kInLastLevel}) {
    Bench bench(true, lands);
    bench.port.receive(1, packet(77, 0));
    bench.sim.run();
    EXPECT_EQ(bench.region.line(0).read(bench.host, 0), lands == Lands::kInMemory ? 105ns : 14ns);
  }
}

TEST(Port, DropsWhatFindsTheRingFullUntilEntriesAreReturned) {
  Bench bench;
  for (std::uint64_t i = 0; i < Bench::kCapacity + 3; ++i) bench.port.receive(1, packet(i, 0));
  bench.sim.run();
  EXPECT_EQ(bench.port.stats(0).received, Bench::kCapacity);
  EXPECT_EQ(bench.port.stats(0).dropped, 3);
  EXPECT_EQ(bench.descriptor(7), 7u);
  bench.port.returned(0, 2);
  for (std::uint64_t i = 0; i < 3; ++i) bench.port.receive(1, packet(100 + i, 0));
  bench.sim.run();
  EXPECT_EQ(bench.port.stats(0).dropped, 4);
  EXPECT_EQ(bench.word(0), 100u);
  EXPECT_EQ(bench.flag(0), 9u);
  EXPECT_EQ(bench.word(64), 101u);
  EXPECT_EQ(bench.descriptor(2), 2u) << "not given back";
}

TEST(Port, SteersAFlowAlwaysToTheSameQueueAndManyFlowsEvenly) {
  Bench bench;
  constexpr int kQueues = 8;
  constexpr std::uint32_t kFlows = 4096;
  for (int q = 1; q < kQueues; ++q)
    bench.port.add_queue({.region = &bench.region, .receive = {.capacity = 2}});
  std::vector<int> flows(kQueues);
  for (std::uint32_t flow = 0; flow < kFlows; ++flow) {
    const int queue = bench.port.queue_of(flow);
    EXPECT_EQ(bench.port.queue_of(flow), queue);
    ++flows[static_cast<std::size_t>(queue)];
  }
  // The hash is linear: over all values of twelve bits it takes each of 2^k values equally often.
  for (const int n : flows) EXPECT_EQ(n, kFlows / kQueues);
}

TEST(Port, SteersTheFlowsOfManyClientsWithPortsAtRandomNearlyEvenly) {
  Bench bench;
  constexpr int kQueues = 6;  // does not divide the table's 128
  for (int q = 1; q < kQueues; ++q)
    bench.port.add_queue({.region = &bench.region, .receive = {.capacity = 2}});
  std::vector<int> flows(kQueues);
  constexpr std::uint32_t kFlows = 6000;
  for (std::uint32_t i = 0; i < kFlows; ++i)
    ++flows[static_cast<std::size_t>(bench.port.queue_of(i * 2654435761u))];
  // 22 or 21 places of 128 each; five standard deviations of a binomial count.
  for (const int n : flows) EXPECT_NEAR(n, double{kFlows} / kQueues, 150);
}

TEST(Port, SendsFromTheNicsMemoryAfterFetchingDescriptorAndPayload) {
  Bench bench;
  bench.write_descriptor(1, packet(5, 1000));
  bench.write_descriptor(2, packet(6, 0));
  bench.port.posted(0, 2);
  bench.sim.run();
  ASSERT_EQ(bench.sent.size(), 2u);
  // Nobody has the descriptor in a cache here: it comes from memory.
  const Duration fetched = 115ns + 35ns;
  EXPECT_EQ(bench.left[0] - Time{}, fetched + bench.port.params().transmit_pipeline);
  EXPECT_EQ(bench.left[1], bench.left[0]) << "it does not overtake";
  EXPECT_EQ(bench.sent[0].descriptor[0], 5u);
  EXPECT_EQ(bench.sent[0].payload, 1000u);
  EXPECT_EQ(bench.sent[1].descriptor[0], 6u);
  EXPECT_EQ(bench.port.stats(0).transmitted, 2);
}

TEST(Port, FetchesAPayloadFromHostMemoryForADescriptorInTheNics) {
  Bench bench;
  for (const bool cached : {false, true}) {
    const Time begin = bench.sim.now();
    Frame frame = packet(5, 64);
    frame.where = cached ? Payload::kInHostCache : Payload::kInHostMemory;
    frame.page = 12345;
    const std::uint64_t number = cached ? 2 : 1;
    bench.write_descriptor(number, frame);
    bench.port.posted(0, number);
    bench.sim.run();
    const pcie::HostMemoryParams& memory = bench.pcie_params.host_memory;
    EXPECT_EQ(bench.left.back() - begin,
              115ns + bench.wire(24) + 2 * bench.up() + (cached ? memory.cache_hit : memory.dram) +
                  bench.wire(84) + bench.port.params().transmit_pipeline);
  }
}

TEST(Port, FetchesDescriptorAndPayloadOneAfterTheOtherForAQueueInHostMemory) {
  Bench bench(true);
  Frame frame = packet(5, 64);
  frame.where = Payload::kInHostCache;
  bench.write_descriptor(1, frame);
  bench.port.posted(0, 1);
  bench.sim.run();
  const Duration read =
      bench.wire(24) + 2 * bench.up() + bench.pcie_params.host_memory.cache_hit + bench.wire(84);
  ASSERT_EQ(bench.sent.size(), 1u);
  EXPECT_EQ(bench.left[0] - Time{}, 2 * read + bench.port.params().transmit_pipeline);
}

/// Ten nanoseconds and one for each byte.
struct EngineBench : Bench {
  EngineBench() {
    with_engine.add_queue({.region = &region,
                           .receive = {.offset = 0, .capacity = kCapacity},
                           .transmit = {.offset = kCapacity * 64, .capacity = kCapacity}});
  }
  Port with_engine{
      sim, {}, *this, nullptr, [](Bytes payload) { return 10ns + payload.count * 1ns; }};
};

TEST(Port, KeepsPacketsInOrderThoughAnEngineHoldsLongOnesForLonger) {
  EngineBench bench;
  bench.with_engine.receive(1, packet(5, 1000));
  bench.with_engine.receive(1, packet(6, 0));
  const Time both = Time{} + bench.with_engine.params().receive_pipeline + 1010ns;
  bench.sim.run_until(both - Duration{1});
  EXPECT_EQ(bench.flag(0), 0u);
  EXPECT_EQ(bench.flag(1), 0u);
  bench.sim.run_until(both);
  EXPECT_EQ(bench.flag(0), 1u);
  EXPECT_EQ(bench.flag(1), 2u);

  bench.write_descriptor(1, packet(5, 1000));
  bench.write_descriptor(2, packet(6, 0));
  bench.with_engine.posted(0, 2);
  bench.sim.run();
  const Time left = both + 115ns + 35ns + 1010ns + bench.with_engine.params().transmit_pipeline;
  EXPECT_EQ(bench.left, std::vector<Time>(2, left));
}

TEST(Port, ReportsTheLastOfEachHalfOfTheTransmitRingAndNoOther) {
  for (const bool in_host : {false, true}) {
    Bench bench(in_host);
    for (std::uint64_t i = 1; i <= Bench::kCapacity; ++i) bench.write_descriptor(i, packet(i, 0));
    bench.port.posted(0, 4);
    bench.sim.run();
    for (std::int64_t i = 0; i < Bench::kCapacity; ++i)
      EXPECT_EQ(bench.flag(Bench::kCapacity + i) == 0, i == 3) << i;
    bench.port.posted(0, 8);
    bench.sim.run();
    EXPECT_EQ(bench.flag(Bench::kCapacity + 7), 0u);
    EXPECT_EQ(bench.flag(Bench::kCapacity + 6), 7u);
    EXPECT_EQ(bench.sent.size(), 8u);
  }
}

/// The first packet's payload is a second read, which the others do not need.
TEST(Port, KeepsPacketsInOrderThoughALaterOneIsFetchedFirst) {
  Bench bench(true);
  Frame first = packet(1, 64);
  first.where = Payload::kInHostMemory;
  bench.write_descriptor(1, first);
  for (std::uint64_t i = 2; i <= 4; ++i) bench.write_descriptor(i, packet(i, 0));
  bench.port.posted(0, 4);

  const pcie::HostMemoryParams& memory = bench.pcie_params.host_memory;
  const Duration read = bench.wire(24) + 2 * bench.up() + bench.wire(84);
  const Time there = Time{} + 2 * read + memory.cache_hit + memory.dram;
  bench.sim.run_until(there - Duration{1});
  EXPECT_TRUE(bench.sent.empty());
  bench.sim.run_until(there);
  EXPECT_EQ(bench.left, std::vector<Time>(4, there + bench.port.params().transmit_pipeline));
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(bench.sent[i].descriptor[0], i + 1);

  EXPECT_EQ(bench.flag(Bench::kCapacity + 3), 4u) << "reported before all of its half are in";
  bench.sim.run();
  EXPECT_EQ(bench.flag(Bench::kCapacity + 3), 0u);
  EXPECT_EQ(bench.port.stats(0).transmitted, 4);
}

TEST(PortDeathTest, ADoorbellAheadOfItsDescriptorIsAFaultOfTheDriver) {
  Bench bench;
  EXPECT_DEATH(bench.port.posted(0, 1), "kFlagWord");
}

TEST(PortParams, HaveSources) {
  EXPECT_EQ(sim::missing_sources<PortParams>(), std::vector<std::string>{});
}

}  // namespace
}  // namespace ethernet
