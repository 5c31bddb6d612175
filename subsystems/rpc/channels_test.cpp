// SPDX-License-Identifier: Apache-2.0
// Each leg of a request's way and of its reply's alone, to the picosecond.
#include <gtest/gtest.h>
#include <tuple>
#include <vector>

#include "models/core/time_on.h"
#include "sim/parameters.h"
#include "subsystems/rpc/body_lines.h"
#include "subsystems/rpc/test_bench.h"

namespace rpc {
namespace {

using namespace bench;

Header call(std::uint64_t number, std::uint32_t body = 0) {
  return {.slo_class = 1, .method = 2, .call = number, .budget_us = 9, .body_bytes = body};
}

Options with(PayloadPath path, bool stack_on_nic = true, bool agent_on_nic = true) {
  Options options{.stack_on_nic = stack_on_nic, .agent_on_nic = agent_on_nic};
  options.params.payload = path;
  return options;
}

/// What `program` takes `core`, which then stands still.
Duration time_on(Bench& bench, core::Core& core, const std::function<void()>& program) {
  return core::time_on(core, program, [&] { bench.sim.run_until(bench.sim.now() + 100us); });
}

void give(Bench& bench, const Header& header, Worker worker = 0) {
  time_on(bench, bench.stack_core(),
          [&] { bench.stack->give(worker, {.connection = 7, .number = 0, .header = header}); });
}

std::uint64_t word(memory::Region& region, std::int64_t offset) {
  std::uint64_t value;
  region.read(offset, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

/// Nothing at `offset` until `due`, something from then on.
void expect_change(Bench& bench, memory::Region& region, std::int64_t offset, Time due) {
  bench.sim.run_until(due - Duration{1});
  EXPECT_EQ(word(region, offset), 0u);
  bench.sim.run_until(due);
  EXPECT_NE(word(region, offset), 0u);
}

Duration l1_hit(const core::Core& core) {
  return core.params().clock.time_for(core.params().l1_hit);
}

// The request's way

TEST(Request, ByDmaIsInTheHostAndTheNoteBehindItAfterTheSumOfTheLegs) {
  Bench bench(with(PayloadPath::kHostDram, true, false));
  const Header header = call(5, 100);
  bench.stack_core().start([&] {
    bench.stack->give(2, {.connection = 7, .number = 0, .header = header});
    EXPECT_EQ(bench.stack_core().now() - Time{}, bench.options.params.dma_submit);
  });
  const Duration issued = bench.options.params.dma_submit + bench.pcie_params.dma.setup;
  const Duration there = bench.up() + bench.pcie_params.host_memory.write_visible;
  const Time request = Time{issued + bench.wire(24 + 64 + 100) + there};
  expect_change(bench, bench.stack->requests(), 2 * memory::kCacheLine, request);
  expect_change(bench, bench.queue_region, Bench::kQueue.flag(0), request + bench.wire(24 + 64));
}

TEST(Request, ByDmaHasItsNoteOnTheNicWhenAllOfItIsOnItsWay) {
  Bench bench(with(PayloadPath::kHostDram));
  bench.stack_core().start(
      [&] { bench.stack->give(0, {.connection = 7, .number = 0, .header = call(5, 1500)}); });
  // Bursts of 512 bytes as fast as the slower of link and port: the port, with its 22 GB/s.
  const Duration burst = bench.pcie_params.dma.bandwidth.time_for(bench.pcie_params.dma.burst);
  expect_change(bench, bench.queue_region, Bench::kQueue.flag(0),
                Time{bench.options.params.dma_submit + bench.pcie_params.dma.setup + 3 * burst});
}

TEST(Request, FromAHostsStackIsThereAsSoonAsItsLineAndTheNoteAfterIt) {
  Bench bench(with(PayloadPath::kHostDram, false, false));
  bench.stack_core().start(
      [&] { bench.stack->give(0, {.connection = 7, .number = 0, .header = call(5)}); });
  const Duration line = bench.host.params().dram;  // nobody has had it yet
  expect_change(bench, bench.stack->requests(), 0, Time{line});
  // The note's store began behind that of the request's four words, and its line is as far away.
  const core::CoreParams& core = bench.stack_core().params();
  expect_change(bench, bench.queue_region, Bench::kQueue.flag(0),
                Time{4 * core.clock.time_for(core.store_issue) + line});
}

TEST(Request, IsReadFromMemoryOrTheLastLevelAsDevicesWrite) {
  for (const auto& [path, each] :
       {std::pair{PayloadPath::kHostDram, 105ns}, std::pair{PayloadPath::kHostCache, 14ns}}) {
    for (const double share : {0.0, 0.5, 1.0}) {
      Options options = with(path);
      options.params.body_read = share;
      Bench bench(options);
      give(bench, call(5, 1000));  // 16 lines
      core::Core& cpu = bench.host_cores[1];
      Header seen;
      const Duration took = time_on(bench, cpu, [&] { seen = bench.stack->worker(0).take(cpu); });
      EXPECT_EQ(seen, call(5, 1000));
      const auto lines = static_cast<std::int64_t>(16 * share);
      EXPECT_EQ(took,
                each + 4 * l1_hit(cpu) + time_for_lines(lines, each, options.params.lines_ahead));
    }
  }
}

TEST(Request, OfAHostsStackComesFromThatCoresCacheAndItsBodyFromMemory) {
  Bench bench(with(PayloadPath::kHostDram, false, false));
  give(bench, call(5, 64));
  core::Core& cpu = bench.host_cores[1];
  const Duration took = time_on(bench, cpu, [&] { bench.stack->worker(0).take(cpu); });
  EXPECT_EQ(took, 23ns + 4 * l1_hit(cpu) + 105ns);
}

struct Across {
  explicit Across(memory::MemoryType mapping, int lines_ahead = 8)
      : bench([&] {
          Options options = with(PayloadPath::kNic);
          options.params.request_mapping = mapping;
          options.params.lines_ahead = lines_ahead;
          return options;
        }()) {}

  /// A load of `bytes`, from a line that is in a cache of the NIC.
  Duration load(std::int64_t bytes) const {
    const pcie::RootComplexParams& root = bench.pcie_params.root_complex;
    return root.core_to_root_port + bench.wire(24) + bench.pcie_params.link.flight +
           bench.pcie_params.endpoint.bar_to_mesh + 35ns + bench.wire(20 + bytes) +
           bench.pcie_params.link.flight + root.root_port_to_core;
  }
  Duration take(std::uint32_t body) {
    give(bench, call(++given, body));
    core::Core& cpu = bench.host_cores[1];
    return time_on(bench, cpu,
                   [&] { EXPECT_EQ(bench.stack->worker(0).take(cpu), call(given, body)); });
  }

  Bench bench;
  std::uint64_t given = 0;
};

TEST(Request, OnTheNicIsLoadedAcrossPcieByTheLineAfterAFlush) {
  Across across(memory::MemoryType::kWriteThrough);
  core::Core& cpu = across.bench.host_cores[1];
  const core::CoreParams& core = cpu.params();
  const Duration header = core.flush_issue + core.flush_fence + across.load(64) + 4 * l1_hit(cpu);
  EXPECT_EQ(across.take(0), header);
  EXPECT_EQ(across.take(0), header) << "another request, another fill";
  // Two lines of a body: both are asked for before the first is there.
  EXPECT_EQ(across.take(128), header + 2 * core.flush_issue + core.flush_fence +
                                  core.prefetch_issue + across.load(64) + 16 * l1_hit(cpu));
  EXPECT_EQ(across.bench.checker.count(), 0);
}

/// With one line ahead each is there before the next is asked for.
TEST(Request, HasNoMoreLinesUnderWayThanItMay) {
  const auto for_lines = [](std::uint32_t lines, int ahead) {
    Across across(memory::MemoryType::kWriteThrough, ahead);
    const Duration header = across.take(0);
    return across.take(lines * 64) - header;
  };
  const Across across(memory::MemoryType::kWriteThrough);
  const Duration trip = across.load(64);
  EXPECT_GE(for_lines(8, 1), 8 * trip);
  EXPECT_LT(for_lines(8, 1), 9 * trip);
  EXPECT_GE(for_lines(8, 2), 4 * trip);
  EXPECT_LT(for_lines(8, 2), 5 * trip);
}

TEST(Request, OnTheNicIsLoadedWordByWordIfTheMappingIsUncached) {
  Across across(memory::MemoryType::kUncached);
  EXPECT_EQ(across.take(0), 4 * across.load(8));
  const Duration prefetch = across.bench.host_cores[1].params().prefetch_issue;
  EXPECT_EQ(across.take(64), 12 * across.load(8) + prefetch) << "the prefetch does nothing";
}

/// A body longer than its place: what was there is dropped before it is read again.
TEST(Request, OnTheNicMayGoAroundItsPlace) {
  Options options = with(PayloadPath::kNic);
  options.params.body_room = 3;
  Bench bench(options);
  core::Core& cpu = bench.host_cores[1];
  for (std::uint64_t i = 1; i <= 3; ++i) {
    give(bench, call(i, 64 * 8));
    time_on(bench, cpu, [&] { EXPECT_EQ(bench.stack->worker(0).take(cpu), call(i, 64 * 8)); });
  }
  EXPECT_EQ(bench.checker.count(), 0);
}

// What the protocol would be without one of its steps.

TEST(Request, ReadWithoutAFlushIsStaleAndTheCheckerSaysSo) {
  Bench bench(with(PayloadPath::kNic));
  memory::Mapping careless(bench.stack->requests(), memory::MemoryType::kWriteThrough, bench.path);
  core::Core& cpu = bench.host_cores[1];
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    give(bench, call(i));
    time_on(bench, cpu, [&] { numbers.push_back(cpu.load<std::uint64_t>(careless, 0)); });
    time_on(bench, cpu, [&] { bench.stack->worker(0).take(cpu); });
  }
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 1}))
      << "the second request looks like the first";
  ASSERT_EQ(bench.checker.count(), 1);
  EXPECT_EQ(bench.checker.findings()[0].kind, memory::Finding::Kind::kStaleRead);
  EXPECT_EQ(bench.checker.findings()[0].writer, bench.stack_core().name());
}

/// Tells the agent at once, without waiting for the transfer.
class HastyAnnouncer : public Announcer {
 public:
  explicit HastyAnnouncer(Bench& bench)
      : Announcer({{.gtid = Bench::kFirstGtid}}, nullptr), bench_(bench) {}
  void announce(core::Core&, Worker worker, std::uint8_t) override { bench_.start(worker); }
  void follow(core::Core& stack, Worker worker, std::uint8_t slo_class, pcie::Transfer&) override {
    announce(stack, worker, slo_class);
  }

 private:
  Bench& bench_;
};

TEST(RequestDeathTest, AnnouncedBeforeItIsOnItsWayIsNotThere) {
  Bench bench(with(PayloadPath::kHostDram));
  HastyAnnouncer hasty(bench);
  SimulatedStack stack(bench.place(), bench.options.params, bench.options.cost, 1, hasty);
  bench.stack_core().start(
      [&] { stack.give(0, {.connection = 7, .number = 0, .header = call(5)}); });
  EXPECT_DEATH(bench.sim.run_until(Time{10us}), "taken");
}

TEST(RequestDeathTest, ForAWorkerThatHasOneIsAFaultOfTheProgram) {
  Bench bench;
  bench.stack_core().start([&] {
    bench.stack->give(0, {.connection = 7, .number = 0, .header = call(5)});
    bench.stack->give(0, {.connection = 7, .number = 1, .header = call(6)});
  });
  EXPECT_DEATH(bench.sim.run_until(Time{10us}), "given");
}

// The note

TEST(Announcer, FromNicToHostIsOneTransferOfALineIfBodiesStayOnTheNic) {
  Bench bench(with(PayloadPath::kNic, true, false));
  bench.stack_core().start(
      [&] { bench.stack->give(3, {.connection = 7, .number = 0, .header = call(5, 100)}); });
  const core::CoreParams& core = bench.stack_core().params();
  expect_change(bench, bench.queue_region, Bench::kQueue.flag(0),
                Time{4 * core.clock.time_for(core.store_issue) + bench.options.params.dma_submit +
                     bench.pcie_params.dma.setup + bench.wire(88) + bench.up() +
                     bench.pcie_params.host_memory.write_visible});
  wave::Slot slot{};
  bench.queue_region.read(0, std::as_writable_bytes(std::span(slot)));
  const scheduling::Message message = scheduling::decode_message(slot);
  EXPECT_EQ(message.type, scheduling::MessageType::kTaskWork);
  EXPECT_EQ(message.gtid, Bench::kFirstGtid + 3);
  EXPECT_EQ(message.flags, scheduling::Message::kHasWord);
  EXPECT_EQ(message.runtime_ns, 1);
}

TEST(Announcer, FromHostToNicIsAWriteThatCrossesThePcie) {
  Bench bench(with(PayloadPath::kHostDram, false, true));
  core::Core& core = bench.stack_core();
  core.start([&] { bench.stack->give(0, {.connection = 7, .number = 0, .header = call(5)}); });
  const Duration stores = 4 * core.params().clock.time_for(core.params().store_issue) +
                          8 * core.params().wc_store_issue;
  const pcie::RootComplexParams& root = bench.pcie_params.root_complex;
  expect_change(bench, bench.queue_region, Bench::kQueue.flag(0),
                Time{stores + root.core_to_root_port + bench.wire(88) +
                     bench.pcie_params.link.flight + bench.pcie_params.endpoint.bar_to_mesh});
}

/// Of two transfers the shorter one, given later, is there first: its note waits for its turn.
void notes_land_out_of_order(bool agent_on_nic) {
  Options options = with(PayloadPath::kHostDram, true, agent_on_nic);
  options.cpus = 4;
  Bench bench(options);
  bench.start_agent();
  bench.stack_core().start([&] {
    bench.stack->give(1, {.connection = 7, .number = 0, .header = call(5, 60'000)});
    bench.stack->give(0, {.connection = 7, .number = 1, .header = call(6, 10)});
  });
  bench.sim.run_until(Time{2us});
  EXPECT_NE(word(bench.queue_region, Bench::kQueue.flag(1)), 0u);
  EXPECT_EQ(word(bench.queue_region, Bench::kQueue.flag(0)), 0u);
  bench.sim.run_until(Time{50us});
  EXPECT_EQ(bench.heard, (std::vector<Worker>{1, 0}));
  EXPECT_EQ(bench.taken.size(), 2u);
}

TEST(Announcer, NotesThatLandOutOfOrderAreHeardInOrderAndFindTheirRequests) {
  notes_land_out_of_order(false);
  notes_land_out_of_order(true);
}

TEST(Announcer, WritesTheClassIntoTheTableThatTheOtherSideLoadsAcrossTheLink) {
  Options options = with(PayloadPath::kHostDram, true, false);
  options.params.tells_class = false;
  Bench bench(options);
  give(bench, call(5));
  EXPECT_EQ(word(bench.table_region, Bench::kTable.word(0)), 1u);
  const Duration took =
      time_on(bench, bench.agent_core(), [&] { EXPECT_EQ(bench.agent->read_word(0), 1u); });
  EXPECT_GT(took, 600ns);
  Bench near(with(PayloadPath::kHostDram, true, true));
  EXPECT_LT(time_on(near, near.agent_core(), [&] { near.agent->read_word(0); }), 200ns);
}

// The reply's way

TEST(Reply, CrossesPcieAsOneCombinedLine) {
  Bench bench(with(PayloadPath::kHostDram));
  core::Core& cpu = bench.host_cores[1];
  StackMemory layout(bench.stack_core(), bench.options.workers, bench.options.cpus,
                     bench.options.params, &bench.path);
  cpu.start([&] { bench.stack->worker(2).reply(cpu, 1, call(9)); });
  const pcie::RootComplexParams& root = bench.pcie_params.root_complex;
  const std::int64_t entry = layout.polled()[2].offset;  // of CPU 1
  expect_change(bench, bench.stack->memory(), entry + wave::kFlagOffset,
                Time{8 * cpu.params().wc_store_issue + root.core_to_root_port + bench.wire(88) +
                     bench.pcie_params.link.flight + bench.pcie_params.endpoint.bar_to_mesh});
  EXPECT_EQ(word(bench.stack->memory(), entry + 3 * std::int64_t{8}), 2u);
}

TEST(Reply, OnTheHostIsAStoreToALineThatHasToComeFirst) {
  Bench bench(with(PayloadPath::kHostDram, false, false));
  core::Core& cpu = bench.host_cores[0];
  StackMemory layout(bench.stack_core(), bench.options.workers, bench.options.cpus,
                     bench.options.params, nullptr);
  cpu.start([&] { bench.stack->worker(2).reply(cpu, 0, call(9)); });
  expect_change(bench, bench.stack->memory(), layout.polled()[1].flag(0), Time{105ns});
}

TEST(Reply, BodyMovesToTheCpuThatWritesItAndStaysThereUntilThePortFetchesIt) {
  Bench bench(with(PayloadPath::kHostDram));
  const auto body = [&](int c) {
    core::Core& cpu = bench.host_cores[static_cast<std::size_t>(c)];
    const Duration with_it =
        time_on(bench, cpu, [&] { bench.stack->worker(0).reply(cpu, c, call(9, 1000)); });
    return with_it - time_on(bench, cpu, [&] { bench.stack->worker(0).reply(cpu, c, call(9, 0)); });
  };
  const int ahead = bench.options.params.lines_ahead;
  EXPECT_EQ(body(0), time_for_lines(16, 105ns, ahead));
  EXPECT_EQ(body(0), 0ns);
  EXPECT_EQ(body(1), time_for_lines(16, 23ns, ahead)) << "its worker has moved";
  bench.stack->worker(0).body_fetched(bench.host);
  EXPECT_EQ(body(1), time_for_lines(16, 14ns, ahead)) << "others may have copies";
}

TEST(Reply, BodyPushedToTheNicIsAsManyCombinedLines) {
  Bench bench(with(PayloadPath::kNic));
  core::Core& cpu = bench.host_cores[0];
  const auto reply = [&](std::uint32_t bytes) {
    return time_on(bench, cpu, [&] { bench.stack->worker(0).reply(cpu, 0, call(9, bytes)); });
  };
  const std::uint64_t before = bench.sim.events();
  EXPECT_EQ(reply(129) - reply(0), 3 * 8 * cpu.params().wc_store_issue);
  EXPECT_GE(bench.sim.events() - before, 5u);
}

// The wire

TEST(Transmit, FromTheNicTakesStoreRegisterFetchAndPipeline) {
  Bench bench(with(PayloadPath::kHostDram));
  bench.stack_core().start([&] { bench.stack->transmit(Bench::packet(call(9)), kNoWorker); });
  bench.sim.run_until(Time{10us});
  ASSERT_EQ(bench.sent.size(), 1u);
  EXPECT_EQ(bench.sent_at[0] - Time{}, 115ns + bench.options.params.register_write + 35ns +
                                           bench.port.params().transmit_pipeline);
  EXPECT_EQ(std::get<Header>(decode(bench.sent[0].header)), call(9));
}

TEST(Transmit, FromTheHostTakesAStoreAcrossAndAFetchBack) {
  Bench bench(with(PayloadPath::kHostDram, false, false));
  bench.stack_core().start([&] { bench.stack->transmit(Bench::packet(call(9)), kNoWorker); });
  bench.sim.run_until(Time{10us});
  ASSERT_EQ(bench.sent.size(), 1u);
  const pcie::RootComplexParams& root = bench.pcie_params.root_complex;
  const Duration doorbell = root.core_to_root_port + bench.wire(32) +
                            bench.pcie_params.link.flight + bench.pcie_params.endpoint.bar_to_mesh;
  const Duration fetch =
      bench.wire(24) + 2 * bench.up() + bench.pcie_params.host_memory.cache_hit + bench.wire(84);
  EXPECT_EQ(bench.sent_at[0] - Time{},
            105ns + doorbell + fetch + bench.port.params().transmit_pipeline);
}

TEST(Transmit, FetchesABodyThatItsWorkerLeftInTheHost) {
  Bench bench(with(PayloadPath::kHostDram));
  bench.stack_core().start([&] { bench.stack->transmit(Bench::packet(call(9, 64)), 1); });
  bench.sim.run_until(Time{10us});
  ASSERT_EQ(bench.sent.size(), 1u);
  const Duration fetch =
      bench.wire(24) + 2 * bench.up() + bench.pcie_params.host_memory.cache_hit + bench.wire(84);
  EXPECT_EQ(bench.sent_at[0] - Time{}, 115ns + bench.options.params.register_write + 35ns + fetch +
                                           bench.port.params().transmit_pipeline);
}

TEST(Transmit, RefusesAPacketForAFullRingAndGoesOnWhenTheRingHasRoom) {
  Options options = with(PayloadPath::kHostDram);
  options.params.transmit_ring = 16;
  Bench bench(options);
  time_on(bench, bench.stack_core(), [&] {
    for (std::uint64_t i = 0; i < 20; ++i) bench.stack->transmit(Bench::packet(call(i, 64)), 1);
  });
  EXPECT_EQ(bench.stack->stats().refused, 4);
  EXPECT_EQ(bench.sent.size(), 16u);
  time_on(bench, bench.stack_core(),
          [&] { bench.stack->transmit(Bench::packet(call(99, 64)), 1); });
  EXPECT_EQ(bench.stack->stats().refused, 4);
  ASSERT_EQ(bench.sent.size(), 17u);
  EXPECT_EQ(std::get<Header>(decode(bench.sent.back().header)).call, 99u);
}

// What goes into a descriptor and into words comes out again.

TEST(Frames, HoldAPacketAndSplitItsHeaderOff) {
  Packet first = Bench::packet(call(9, 1000), 77, 3);
  first.segment.length = 500;
  Packet second = first;
  second.segment.offset = 500;
  second.header = {};
  Packet runt = first;
  runt.segment.length = 10;
  for (const auto& [packet, payload] :
       {std::pair{first, 500u - 28u}, std::pair{second, 500u}, std::pair{runt, 0u}}) {
    const ethernet::Frame frame = to_frame(packet);
    EXPECT_EQ(frame.payload, payload);
    EXPECT_EQ(to_packet(frame).segment, packet.segment);
    EXPECT_EQ(to_packet(frame).header, packet.header);
  }
}

TEST(HeaderWords, HoldEveryField) {
  const Header header{.kind = Kind::kError,
                      .slo_class = 0xab,
                      .method = 0xcdef,
                      .call = 0x0123456789abcdef,
                      .budget_us = 0xfedcba98,
                      .body_bytes = 0x76543210};
  EXPECT_EQ(to_header(to_words(header)), header);
  EXPECT_EQ(lines_of(0), 0);
  EXPECT_EQ(lines_of(64), 1);
  EXPECT_EQ(lines_of(65), 2);
}

TEST(ChannelParams, AreVouchedFor) {
  EXPECT_EQ(sim::missing_sources<ChannelParams>(), std::vector<std::string>{});
}

}  // namespace
}  // namespace rpc
