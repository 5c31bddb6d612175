// SPDX-License-Identifier: Apache-2.0
// The same program on the same record does the same, wherever it was recorded.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "native/host.h"
#include "sim/distributions.h"
#include "sim/random.h"
#include "subsystems/scheduling/policies/described_agent.h"
#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/syscall_notifier.h"
#include "subsystems/scheduling/test_bench.h"
#include "subsystems/wave/agent/record.h"
#include "subsystems/wave/agent_process.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using scheduling::described_agent;
using scheduling::DescribedAgent;
using scheduling::make_agent;
using wave::AgentRecord;
using wave::AgentRecords;

/// A thread that runs for a while and sleeps, over and over.
class Worker : public scheduling::ThreadBody {
 public:
  explicit Worker(std::uint64_t number) : random_(number, "work") {}
  scheduling::Step next(core::Core&) override {
    awake_ = !awake_;
    if (!awake_) return scheduling::bench::block();
    return scheduling::bench::run((5 + random_() % 30) * 1us);
  }

 private:
  sim::Stream random_;
  bool awake_ = false;
};

/// A simulated kernel with an agent on a core of its own, and threads that are woken one by one.
struct RecordBench : scheduling::bench::Bench {
  explicit RecordBench(DescribedAgent agent = {})
      : RecordBench(to_text(with_options(agent)), make_agent(with_options(agent))) {}
  RecordBench(const std::string& name, const wave::MakeProgram& make)
      : Bench({}, {.prestage = true}), program(wave::recorded(name, make, records)) {
    start_agent();
    attach_agent();
    for (std::uint64_t t = 0; t < 12; ++t) threads.push_back(&enter(bodies.emplace_back(t), false));
  }
  ~RecordBench() { kill_agent(); }

  void start_agent() {
    wave::AgentMemory memory;
    for (int c = 0; c < kCores; ++c) memory.queues.push_back(queue(c));
    for (int c = 0; c < kCpus; ++c) memory.slots.push_back(slot(c));
    process.emplace(wave::AgentParts{.core = core(kAgent),
                                     .mapping = mapping,
                                     .notifier = notifier,
                                     .costs = costs,
                                     .memory = memory,
                                     .program = program,
                                     .may_fail = true});
    process->runtime().use_table({.words = 64}, words_mapping);
    process->start();
  }
  void kill_agent() {
    process->kill([] {});
  }
  /// As a keeper does, in the same memory.
  void replace_agent() {
    kill_agent();
    kernel.detach_agent();
    pass(20us);  // what was under way has arrived
    process.reset();
    start_agent();
    attach_agent();
  }
  void attach_agent() {
    on(kWaker, [this](core::Core& by) {
      for (int c = 0; c < kCores; ++c) producers[std::size_t(c)].move_to(queue(c));
      for (int c = 0; c < kCpus; ++c) readers[std::size_t(c)].move_to(slot(c), by);
      kernel.attach_agent(by);
      kernel.introduce_threads(by, &producers[kWaker]);
    });
  }
  /// Each wakes up every hundred microseconds or so.
  void work(int rounds) {
    for (int i = 0; i < rounds; ++i)
      on(
          kWaker,
          [&](core::Core& by) {
            kernel.wake(*threads[std::size_t(i) % threads.size()], by, producers[kWaker], kWaker);
          },
          8us);
  }

  static DescribedAgent with_options(DescribedAgent agent) {
    agent.options = {.prestage = true, .commit_flags = wave::scheduling::kCommitAtTxnCommit};
    return agent;
  }

  AgentRecords records;
  const wave::MakeProgram program;
  memory::Region words{sim, "words", domain, sim::Bytes{64 * 64}};
  memory::Mapping words_mapping{words, memory::MemoryType::kWriteBack};
  scheduling::SyscallNotifier notifier{kernel};
  wave::AgentCosts costs;
  std::deque<Worker> bodies;
  std::vector<scheduling::Thread*> threads;
  std::optional<wave::AgentProcess> process;
};

DescribedAgent shinjuku() {
  return {.policy = "shinjuku", .slice = 10us};
}

std::int64_t replay_as_described(const AgentRecord& record) {
  return wave::replay(record, make_agent(described_agent(record.program)));
}

std::string difference_of(const AgentRecord& record, const wave::MakeProgram& make) {
  try {
    wave::replay(record, make);
  } catch (const wave::RecordDiffers& difference) {
    return difference.what();
  }
  return "";
}

TEST(AgentRecord, OfASimulationIsWhatTheSameProgramDoesAgain) {
  const DescribedAgent by_class{
      .policy = "multi_queue_shinjuku", .slice = 10us, .slos = {100us, 1ms}};
  for (const DescribedAgent& agent : {DescribedAgent{}, shinjuku(), by_class}) {
    RecordBench bench(agent);
    bench.work(1500);
    ASSERT_EQ(bench.records.size(), 1u);
    const AgentRecord& record = bench.records[0];
    EXPECT_GT(wave::calls_of(record), 20'000);
    EXPECT_EQ(replay_as_described(record), wave::calls_of(record));
  }
}

TEST(AgentRecord, IsThereForEachAgentWhenOneIsKilledAndAnotherComes) {
  RecordBench bench(shinjuku());
  bench.work(500);
  bench.replace_agent();
  bench.work(500);
  ASSERT_EQ(bench.records.size(), 2u);
  for (const AgentRecord& record : bench.records) {
    EXPECT_GT(wave::calls_of(record), 5'000);
    EXPECT_EQ(replay_as_described(record), wave::calls_of(record));
  }
}

TEST(AgentRecord, OfAnAgentWithFaultsIsWhatASoundOneSawAndDid) {
  RecordBench bench(shinjuku());
  bench.work(100);
  bench.process->faults().write_garbage(0.3, bench.sim.now() + 2ms);
  bench.work(1000);
  EXPECT_GT(bench.process->faults().garbage_written(), 0);
  EXPECT_EQ(replay_as_described(bench.records[0]), wave::calls_of(bench.records[0]));
}

/// By the program that has no simulator in it.
TEST(AgentRecord, OfASimulationIsWhatTheProgramWithoutASimulatorDoes) {
  RecordBench bench(shinjuku());
  bench.work(300);
  const std::string file = testing::TempDir() + "agent_record_test.rec";
  {
    std::ofstream out(file, std::ios::binary);
    wave::write(out, bench.records);
  }
  const std::string command = std::string(WAVESIM_REPLAY) + " " + file + " > /dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
  bench.records[0].program = to_text(DescribedAgent{});
  {
    std::ofstream out(file, std::ios::binary);
    wave::write(out, bench.records);
  }
  EXPECT_NE(std::system(command.c_str()), 0) << "it was another policy's";
}

/// Real threads, a real clock; the program is linked with the simulator here.
TEST(AgentRecord, OfRealThreadsIsWhatTheProgramOfASimulationDoes) {
  const DescribedAgent agent{.policy = "shinjuku", .slice = 200us, .options = {.prestage = true}};
  AgentRecords records;
  const wave::MakeProgram make = wave::recorded(to_text(agent), make_agent(agent), records);
  const native::HostOptions options{.workers = 2,
                                    .threads = 16,
                                    .agent = native::AgentIn::kThread,
                                    .queue_capacity = 256,
                                    .spin = 5us,
                                    .warm_up = 0ms,
                                    .length = 300ms,
                                    .watchdog = 20s,
                                    .patience = 60s};
  std::atomic<bool> stop = false;
  sim::Stream arrivals{1, "arrivals"};
  sim::Exponential gap{200us};
  wave::Instant at{};
  native::run_host(
      options, [&](native::Runtime& runtime) { return make(runtime); },
      [&]() -> std::optional<native::Request> {
        at += gap(arrivals);
        return native::Request{.at = at, .work = 100us};
      },
      stop);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_GT(wave::calls_of(records[0]), 1'000);
  EXPECT_EQ(replay_as_described(records[0]), wave::calls_of(records[0]));
}

TEST(AgentRecord, IsNotWhatAProgramWithOtherOptionsDoes) {
  RecordBench bench(shinjuku());
  bench.work(100);
  DescribedAgent other = described_agent(bench.records[0].program);
  other.slice = 11us;
  const std::string difference = difference_of(bench.records[0], make_agent(other));
  EXPECT_NE(difference.find(": the record has "), std::string::npos) << difference;
  EXPECT_NE(difference.find(", the program did "), std::string::npos) << difference;
}

/// What no policy may do: it asks the machine's clock and not its runtime's.
class LooksAtTheClock : public scheduling::Fifo {
 public:
  std::optional<wave::Instant> slice() const override {
    return wave::Instant{std::chrono::steady_clock::now().time_since_epoch()};
  }
};
/// Nor may it remember anything from one life to the next.
class LooksAtAGlobal : public scheduling::Fifo {
 public:
  std::optional<wave::Instant> slice() const override { return 1s + wave::Instant{++calls}; }
  static inline std::int64_t calls = 0;
};

template <class P>
wave::MakeProgram agent_with() {
  struct Agent : wave::Program {
    explicit Agent(wave::Runtime& runtime) : program(runtime, policy, {}) {}
    void run() override { program.run(); }
    P policy;
    scheduling::AgentProgram program;
  };
  return [](wave::Runtime& runtime) { return std::make_unique<Agent>(runtime); };
}

/// A host that never has anything for its agent, for a while.
class Nothing : public wave::Runtime {
 public:
  wave::Instant now() override { return now_; }
  wave::Event poll(wave::Instant) override {
    now_ += 1us;
    return {};
  }
  bool leaving() override { return now_ >= 1ms; }
  int slots() const override { return 1; }
  void write_decision(int, const wave::Slot&, std::size_t) override {}
  void notify(int) override {}
  std::uint64_t read_word(std::int64_t) override { return 0; }
  void charge(wave::Work) override {}

 private:
  wave::Instant now_{};
};

template <class P>
AgentRecord record_of_nothing() {
  AgentRecord record;
  Nothing host;
  wave::RecordingRuntime recording(host, record);
  agent_with<P>()(recording)->run();
  return record;
}

TEST(AgentRecord, ShowsAPolicyThatLooksAtSomethingElseThanItsRuntime) {
  RecordBench sound("fifo", agent_with<scheduling::Fifo>());
  sound.work(100);
  EXPECT_EQ(difference_of(sound.records[0], agent_with<scheduling::Fifo>()), "");
  RecordBench clock("clock", agent_with<LooksAtTheClock>());
  clock.work(100);
  EXPECT_NE(difference_of(clock.records[0], agent_with<LooksAtTheClock>()), "");
  RecordBench global("global", agent_with<LooksAtAGlobal>());
  global.work(100);
  EXPECT_NE(difference_of(global.records[0], agent_with<LooksAtAGlobal>()), "");
}

TEST(AgentRecord, EndsWhereItsProgramEnds) {
  AgentRecord record = record_of_nothing<scheduling::Fifo>();
  const AgentRecord more = record;
  record.words.insert(record.words.end(), more.words.begin(), more.words.end());
  EXPECT_NE(difference_of(record, agent_with<scheduling::Fifo>()).find("the program has ended"),
            std::string::npos);
}

// Files

std::string file_of(const AgentRecords& records) {
  std::ostringstream out;
  wave::write(out, records);
  return out.str();
}

std::string refusal_of(const std::string& file) {
  std::istringstream in(file);
  try {
    wave::read_records(in);
  } catch (const wave::BadRecord& bad) {
    return bad.what();
  }
  return "";
}

TEST(AgentRecordFile, BringsBackWhatWasWritten) {
  AgentRecords records{record_of_nothing<scheduling::Fifo>(), AgentRecord{}};
  records[1].program = "x";
  std::istringstream in(file_of(records));
  const AgentRecords read = wave::read_records(in);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].words, records[0].words);
  EXPECT_EQ(read[0].slots, 1u);
  EXPECT_EQ(read[1].program, "x");
}

TEST(AgentRecordFile, IsRefusedIfItIsNoneOrCutShortOrOfAnotherVersion) {
  const std::string file = file_of({record_of_nothing<scheduling::Fifo>()});
  EXPECT_EQ(refusal_of(file), "");
  EXPECT_NE(refusal_of("{\"seed\": 1}       "), "");
  std::string other = file;
  other[8] = 2;
  EXPECT_EQ(refusal_of(other), "is of version 2, and this program reads 1");
  for (std::size_t size = 0; size < 64; ++size) EXPECT_NE(refusal_of(file.substr(0, size)), "");
  EXPECT_EQ(refusal_of(file.substr(0, file.size() - 1)), "ends in the middle of a record");
}

TEST(AgentRecordFile, IsRefusedIfACallInItIsNone) {
  AgentRecord record = record_of_nothing<scheduling::Fifo>();
  record.words[0] = 0;
  EXPECT_EQ(refusal_of(file_of({record})), "has a call that is none");
  record.words = {0xffff01};  // longer than the record
  EXPECT_EQ(refusal_of(file_of({record})), "has a call that is none");
}

TEST(DescribedAgent, IsTheSameWhenReadAgain) {
  DescribedAgent agent{.policy = "multi_queue_shinjuku", .slice = 30us, .slos = {1ms, 20us}};
  agent.options = {.prestage = true, .commit_flags = 2, .long_run = 20us};
  EXPECT_EQ(to_text(described_agent(to_text(agent))), to_text(agent));
  for (const char* bad : {"", "fifo", "lottery 0 0 0 0 0 0 0", "fifo 0 0 0 0 0 0 2 5"})
    EXPECT_THROW(described_agent(bad), std::invalid_argument) << bad;
}

}  // namespace
}  // namespace experiments
