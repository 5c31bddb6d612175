// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent/record.h"

#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace wave {
namespace {

using namespace std::chrono_literals;

/// Answers from a script: a message, a CPU's outcome, nothing; then the agent is to leave.
class Scripted : public Runtime {
 public:
  Instant now() override { return Instant{1000 * ++looks_}; }
  Event poll(Instant deadline) override {
    deadlines.push_back(deadline);
    switch (polls_++) {
      case 0:
        return {.kind = Event::Kind::kMessage, .source = 2, .slot = {1, 2, 3, 4, 5, 6, 7, 8}};
      case 1:
        return {.kind = Event::Kind::kOutcome, .source = 1, .outcome = 77};
      default:
        return {};
    }
  }
  bool leaving() override { return polls_ == 3; }
  int slots() const override { return 4; }
  void write_decision(int slot, const Slot& decision, std::size_t words) override {
    written = {slot, decision, words};
  }
  void notify(int slot) override { notified = slot; }
  std::uint64_t read_word(std::int64_t index) override {
    return 100 + static_cast<std::uint64_t>(index);
  }
  void charge(Work work) override { charged.push_back(work); }

  struct Written {
    int slot = -1;
    Slot decision{};
    std::size_t words = 0;
    bool operator==(const Written&) const = default;
  };
  Written written;
  int notified = -1;
  std::vector<Instant> deadlines;
  std::vector<Work> charged;

 private:
  std::int64_t looks_ = 0;
  int polls_ = 0;
};

/// What a program was answered, kept to be looked at from outside.
struct Seen {
  std::vector<Event> events;
  std::vector<Instant> times;
  int slots = 0;
  std::uint64_t word = 0;
};

/// Makes every call there is. `slot` is where it decides.
class Caller : public Program {
 public:
  Caller(Runtime& runtime, Seen& seen, int slot) : runtime_(runtime), seen_(seen), slot_(slot) {}
  void run() override {
    seen_.slots = runtime_.slots();
    while (!runtime_.leaving()) {
      seen_.times.push_back(runtime_.now());
      seen_.events.push_back(runtime_.poll(seen_.times.back() + 500ns));
      if (seen_.events.back().kind == Event::Kind::kMessage) decide();
    }
  }

 private:
  void decide() {
    runtime_.charge(Work::kHandleMessage);
    seen_.word = runtime_.read_word(9);
    runtime_.write_decision(slot_, {0, 0, 0, 0, 11, 12, 13, 14}, 3);
    runtime_.notify(slot_);
  }
  Runtime& runtime_;
  Seen& seen_;
  const int slot_;
};

MakeProgram caller(Seen& seen, int slot = 3) {
  return [&seen, slot](Runtime& runtime) { return std::make_unique<Caller>(runtime, seen, slot); };
}

/// Three turns of three calls, four more for the message, and the last `leaving`.
constexpr std::int64_t kCalls = 3 * 3 + 4 + 1;

AgentRecords recorded_once() {
  AgentRecords records;
  Scripted runtime;
  Seen seen;
  recorded("caller", caller(seen), records)(runtime)->run();
  return records;
}

std::string as_bytes(const AgentRecords& records) {
  std::ostringstream out;
  write(out, records);
  return out.str();
}

std::string why_not_read(const std::string& bytes) {
  std::istringstream in(bytes);
  try {
    read_records(in);
  } catch (const BadRecord& bad) {
    return bad.what();
  }
  return "it was read";
}

std::string difference(const AgentRecord& record, const MakeProgram& make) {
  try {
    replay(record, make);
  } catch (const RecordDiffers& differs) {
    return differs.what();
  }
  return "none";
}

TEST(RecordingRuntime, PassesEachCallOnAndItsAnswerBack) {
  AgentRecords records;
  Scripted runtime;
  Seen seen;
  recorded("caller", caller(seen), records)(runtime)->run();
  EXPECT_EQ(seen.slots, 4);
  EXPECT_EQ(seen.times, (std::vector<Instant>{1ns, 2ns, 3ns}));
  EXPECT_EQ(runtime.deadlines, (std::vector<Instant>{501ns, 502ns, 503ns}));
  EXPECT_EQ(seen.events[0].source, 2);
  EXPECT_EQ(seen.events[0].slot, (Slot{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(seen.events[1].outcome, 77u);
  EXPECT_EQ(seen.events[2].kind, Event::Kind::kNone);
  EXPECT_EQ(seen.word, 109u);
  EXPECT_EQ(runtime.written, (Scripted::Written{3, {0, 0, 0, 0, 11, 12, 13, 14}, 3}));
  EXPECT_EQ(runtime.notified, 3);
  EXPECT_EQ(runtime.charged, std::vector{Work::kHandleMessage});
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].program, "caller");
  EXPECT_EQ(records[0].slots, 4u);
  EXPECT_EQ(calls_of(records[0]), kCalls);
}

TEST(Replay, GivesTheProgramWhatItWasGiven) {
  const AgentRecords records = recorded_once();
  Seen seen;
  EXPECT_EQ(replay(records[0], caller(seen)), kCalls);
  EXPECT_EQ(seen.slots, 4);
  EXPECT_EQ(seen.times, (std::vector<Instant>{1ns, 2ns, 3ns}));
  EXPECT_EQ(seen.events[0].slot, (Slot{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(seen.events[1].source, 1);
  EXPECT_EQ(seen.events[1].outcome, 77u);
  EXPECT_EQ(seen.word, 109u);
}

TEST(Replay, NamesTheFirstCallThatDiffers) {
  const AgentRecords records = recorded_once();
  Seen seen;
  EXPECT_EQ(difference(records[0], caller(seen, 2)),
            "call 6: the record has write_decision(3, 11, 12, 13, 14), "
            "the program did write_decision(2, 11, 12, 13, 14)");
}

TEST(Replay, NamesACallOfAnotherKind) {
  const AgentRecords records = recorded_once();
  const MakeProgram hasty = [](Runtime& runtime) {
    struct Hasty : Program {
      explicit Hasty(Runtime& of) : runtime(of) {}
      void run() override { runtime.charge(Work::kDecide); }
      Runtime& runtime;
    };
    return std::make_unique<Hasty>(runtime);
  };
  EXPECT_EQ(difference(records[0], hasty),
            "call 1: the record has leaving(), the program did charge(2)");
}

TEST(Replay, NoticesAProgramThatEndsTooEarly) {
  const AgentRecords records = recorded_once();
  const MakeProgram idle = [](Runtime&) {
    struct Idle : Program {
      void run() override {}
    };
    return std::make_unique<Idle>();
  };
  EXPECT_EQ(difference(records[0], idle), "call 1: the record goes on, the program has ended");
}

/// A run that was cut off ends in the middle of the program.
TEST(Replay, EndsTheProgramWhereTheRecordEnds) {
  AgentRecord record = recorded_once()[0];
  record.words.resize(record.words.size() - 2);  // the last `leaving`
  Seen seen;
  EXPECT_EQ(replay(record, caller(seen)), kCalls - 1);
}

TEST(AgentRecords, AreTheSameWhenWrittenAndRead) {
  AgentRecords records = recorded_once();
  records.push_back({.program = "none", .slots = 1, .words = {}});
  std::istringstream in(as_bytes(records));
  const AgentRecords read = read_records(in);
  ASSERT_EQ(read.size(), 2u);
  for (const std::size_t i : {0u, 1u}) {
    EXPECT_EQ(read[i].program, records[i].program);
    EXPECT_EQ(read[i].slots, records[i].slots);
    EXPECT_EQ(read[i].words, records[i].words);
  }
}

TEST(AgentRecords, AreRefusedWithAReason) {
  const std::string sound = as_bytes(recorded_once());
  EXPECT_EQ(why_not_read("GIF89a, an image"), "is no record of an agent");
  std::string other = sound;
  other[8] = 9;
  EXPECT_EQ(why_not_read(other), "is of version 9, and this program reads 1");
  other = sound;
  other[16 + 3] = 1;
  EXPECT_EQ(why_not_read(other), "has too many agents");
  other = sound;
  other[24 + 3] = 1;
  EXPECT_EQ(why_not_read(other), "has too many letters in a program's name");
  // In the numbers, in the name, in the calls.
  for (const std::size_t size : {std::size_t{5}, std::size_t{34}, sound.size() - 1})
    EXPECT_EQ(why_not_read(sound.substr(0, size)), "ends in the middle of a record") << size;
}

TEST(AgentRecords, AreRefusedIfACallIsNone) {
  const AgentRecords sound = recorded_once();
  const auto refused = [&](std::size_t at, std::uint64_t word) {
    AgentRecords records = sound;
    records[0].words[at] = word;
    return why_not_read(as_bytes(records));
  };
  EXPECT_EQ(refused(0, sound[0].words[0]), "it was read");
  EXPECT_EQ(refused(0, 0 | 1 << 16), "has a call that is none");
  EXPECT_EQ(refused(0, 8 | 1 << 16), "has a call that is none");
  EXPECT_EQ(refused(sound[0].words.size() - 2, 3 | 2 << 16), "has a call that is none")
      << "longer than what is left";
}

/// No call has more words than sixteen, its head included.
TEST(AgentRecords, AreRefusedIfACallIsLongerThanAny) {
  const auto with_answers = [](std::uint64_t answers) {
    AgentRecord record{.program = "p", .slots = 1, .words = {3 | answers << 16}};
    record.words.resize(1 + answers);
    return why_not_read(as_bytes({record}));
  };
  EXPECT_EQ(with_answers(15), "it was read");
  EXPECT_EQ(with_answers(16), "has a call that is none");
}

/// A longer run is cut off: no shorter call takes the place of one that found no room.
TEST(Record, EndsWithTheFirstCallThatFindsNoRoom) {
  Scripted real;
  AgentRecord record;
  RecordingRuntime runtime(real, record, 20);
  runtime.charge(Work::kDecide);
  const std::size_t first = record.words.size();
  for (int i = 0; i < 3; ++i) runtime.poll(Instant{});  // a message: longer than others
  const std::size_t full = record.words.size();
  EXPECT_GT(full, first);
  EXPECT_LE(full, 20u);
  runtime.charge(Work::kDecide);
  EXPECT_EQ(record.words.size(), full);
}

}  // namespace
}  // namespace wave
