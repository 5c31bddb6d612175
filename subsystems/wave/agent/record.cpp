// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent/record.h"

#include <algorithm>
#include <istream>
#include <ostream>
#include <span>
#include <string_view>

namespace wave {
namespace {

using Words = std::vector<std::uint64_t>;
using View = std::span<const std::uint64_t>;

/// A call in a record: a head, what was asked, what was answered. The head says which call it is
/// and how many words of both follow.
enum class Call : std::uint8_t {
  kNow = 1,
  kPoll,
  kLeaving,
  kWriteDecision,
  kNotify,
  kReadWord,
  kCharge,
};
constexpr std::uint64_t kMagic = 0x4345524556415721;  // no text that an editor would write
constexpr std::size_t kMaxCallWords = 16;
constexpr std::uint64_t kMaxRecords = 1 << 16;
constexpr std::uint64_t kMaxProgram = 1 << 16;

std::uint64_t head(Call call, std::size_t asked, std::size_t answered) {
  return static_cast<std::uint64_t>(call) | asked << 8 | answered << 16;
}
Call call_of(std::uint64_t head) {
  return static_cast<Call>(head & 0xff);
}
std::size_t asked_of(std::uint64_t head) {
  return (head >> 8) & 0xff;
}
std::size_t answered_of(std::uint64_t head) {
  return head >> 16;
}
std::size_t size_of(std::uint64_t head) {
  return 1 + asked_of(head) + answered_of(head);
}

template <class Integer>
std::uint64_t word(Integer value) {
  return static_cast<std::uint64_t>(value);
}

Words asks(Call call, std::initializer_list<std::uint64_t> asked, std::size_t answered) {
  Words words{head(call, asked.size(), answered)};
  words.insert(words.end(), asked);
  return words;
}

Words now_call() {
  return asks(Call::kNow, {}, 1);
}
/// An answer is always as long as a message.
Words poll_call(Instant deadline) {
  return asks(Call::kPoll, {word(deadline.count())}, 2 + kSlotWords);
}
Words leaving_call() {
  return asks(Call::kLeaving, {}, 1);
}
Words write_call(int slot, const Slot& decision, std::size_t words) {
  Words call = asks(Call::kWriteDecision, {word(slot)}, 0);
  call.insert(call.end(), decision.end() - static_cast<std::ptrdiff_t>(words) - 1, decision.end());
  call[0] = head(Call::kWriteDecision, call.size() - 1, 0);
  return call;
}
Words notify_call(int slot) {
  return asks(Call::kNotify, {word(slot)}, 0);
}
Words read_call(std::int64_t index) {
  return asks(Call::kReadWord, {word(index)}, 1);
}
Words charge_call(Work work) {
  return asks(Call::kCharge, {word(work)}, 0);
}

const char* name_of(Call call) {
  static constexpr const char* kNames[] = {
      "?", "now", "poll", "leaving", "write_decision", "notify", "read_word", "charge"};
  const auto index = static_cast<std::size_t>(call);
  return kNames[index < std::size(kNames) ? index : 0];
}

/// As in a program: the call and what it asks for.
std::string text_of(View call) {
  std::string text = name_of(call_of(call[0]));
  text += '(';
  for (std::size_t i = 1; i <= asked_of(call[0]); ++i)
    text += (i > 1 ? ", " : "") + std::to_string(static_cast<std::int64_t>(call[i]));
  return text + ')';
}

/// Whether a record has room for such a call and could have been written by this version.
bool is_sound(View from) {
  const std::uint64_t h = from[0];
  const Call call = call_of(h);
  if (call < Call::kNow || call > Call::kCharge || size_of(h) > kMaxCallWords) return false;
  return size_of(h) <= from.size();
}

/// The record is over, and so is the program.
struct End {};

/// Answers what is recorded to the calls that are recorded.
class ReplayingRuntime : public Runtime {
 public:
  explicit ReplayingRuntime(const AgentRecord& record) : record_(record), left_(record.words) {}

  Instant now() override { return Instant{static_cast<std::int64_t>(expect(now_call())[0])}; }
  Event poll(Instant deadline) override {
    const View answer = expect(poll_call(deadline));
    Event event{.kind = static_cast<Event::Kind>(answer[0]), .source = static_cast<int>(answer[1])};
    if (event.kind == Event::Kind::kMessage)
      std::copy_n(answer.begin() + 2, kSlotWords, event.slot.begin());
    else
      event.outcome = answer[2];
    return event;
  }
  bool leaving() override { return expect(leaving_call())[0] != 0; }
  int slots() const override { return static_cast<int>(record_.slots); }
  void write_decision(int slot, const Slot& decision, std::size_t words) override {
    expect(write_call(slot, decision, words));
  }
  void notify(int slot) override { expect(notify_call(slot)); }
  std::uint64_t read_word(std::int64_t index) override { return expect(read_call(index))[0]; }
  void charge(Work work) override { expect(charge_call(work)); }

  std::int64_t calls() const { return calls_; }

 private:
  /// The answers to the call, if it is the one that comes next.
  View expect(const Words& found) {
    if (left_.empty()) throw End{};
    const View expected = left_.first(1 + asked_of(left_[0]));
    if (!std::ranges::equal(expected, found))
      throw RecordDiffers("call " + std::to_string(calls_ + 1) + ": the record has " +
                          text_of(expected) + ", the program did " + text_of(found));
    const View answer = left_.subspan(expected.size(), answered_of(left_[0]));
    left_ = left_.subspan(size_of(left_[0]));
    ++calls_;
    return answer;
  }

  const AgentRecord& record_;
  View left_;
  std::int64_t calls_ = 0;
};

void put(std::ostream& out, std::uint64_t value) {
  out.write(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint64_t get(std::istream& in) {
  std::uint64_t value = 0;
  if (!in.read(reinterpret_cast<char*>(&value), sizeof value))
    throw BadRecord("ends in the middle of a record");
  return value;
}

std::uint64_t get_at_most(std::istream& in, std::uint64_t most, const char* what) {
  const std::uint64_t value = get(in);
  if (value > most) throw BadRecord(std::string("has too many ") + what);
  return value;
}

/// Not more at a time than what a file that lies about its length may cost.
Words get_words(std::istream& in, std::uint64_t count) {
  constexpr std::uint64_t kChunk = 1 << 16;
  Words words;
  while (words.size() < count) {
    const std::size_t begin = words.size();
    words.resize(begin + std::min(kChunk, count - begin));
    const auto bytes = static_cast<std::streamsize>((words.size() - begin) * sizeof(words[0]));
    if (!in.read(reinterpret_cast<char*>(words.data() + begin), bytes))
      throw BadRecord("ends in the middle of a record");
  }
  return words;
}

void check(const AgentRecord& record) {
  for (View left = record.words; !left.empty(); left = left.subspan(size_of(left[0])))
    if (!is_sound(left)) throw BadRecord("has a call that is none");
}

AgentRecord get_record(std::istream& in) {
  AgentRecord record;
  record.program.resize(get_at_most(in, kMaxProgram, "letters in a program's name"));
  if (!in.read(record.program.data(), static_cast<std::streamsize>(record.program.size())))
    throw BadRecord("ends in the middle of a record");
  record.slots = get_at_most(in, kMaxRecords, "slots");
  record.words = get_words(in, get_at_most(in, AgentRecord::kMaxWords, "calls"));
  check(record);
  return record;
}

}  // namespace

void write(std::ostream& out, const AgentRecords& records) {
  put(out, kMagic);
  put(out, AgentRecord::kVersion);
  put(out, records.size());
  for (const AgentRecord& record : records) {
    put(out, record.program.size());
    out << record.program;
    put(out, record.slots);
    put(out, record.words.size());
    out.write(reinterpret_cast<const char*>(record.words.data()),
              static_cast<std::streamsize>(record.words.size() * sizeof(record.words[0])));
  }
}

AgentRecords read_records(std::istream& in) {
  if (get(in) != kMagic) throw BadRecord("is no record of an agent");
  if (const std::uint64_t version = get(in); version != AgentRecord::kVersion)
    throw BadRecord("is of version " + std::to_string(version) + ", and this program reads " +
                    std::to_string(AgentRecord::kVersion));
  AgentRecords records;
  const std::uint64_t count = get_at_most(in, kMaxRecords, "agents");
  for (std::uint64_t i = 0; i < count; ++i) records.push_back(get_record(in));
  return records;
}

std::int64_t calls_of(const AgentRecord& record) {
  std::int64_t calls = 0;
  for (View left = record.words; !left.empty(); left = left.subspan(size_of(left[0]))) ++calls;
  return calls;
}

std::int64_t replay(const AgentRecord& record, const MakeProgram& make) {
  check(record);
  ReplayingRuntime runtime(record);
  try {
    make(runtime)->run();
  } catch (const End&) {
    return runtime.calls();
  }
  if (runtime.calls() != calls_of(record))
    throw RecordDiffers("call " + std::to_string(runtime.calls() + 1) +
                        ": the record goes on, the program has ended");
  return runtime.calls();
}

RecordingRuntime::RecordingRuntime(Runtime& real, AgentRecord& record, std::size_t most_words)
    : real_(real), record_(record), most_words_(most_words) {
  record_.slots = word(real.slots());
}

Instant RecordingRuntime::now() {
  const Instant now = real_.now();
  Words call = now_call();
  call.push_back(word(now.count()));
  note(call);
  return now;
}

Event RecordingRuntime::poll(Instant deadline) {
  const Event event = real_.poll(deadline);
  Words call = poll_call(deadline);
  call.push_back(word(event.kind));
  call.push_back(word(event.source));
  Slot answer = event.slot;
  if (event.kind != Event::Kind::kMessage) answer = {event.outcome};
  call.insert(call.end(), answer.begin(), answer.end());
  note(call);
  return event;
}

bool RecordingRuntime::leaving() {
  const bool leaving = real_.leaving();
  Words call = leaving_call();
  call.push_back(word(leaving));
  note(call);
  return leaving;
}

void RecordingRuntime::write_decision(int slot, const Slot& decision, std::size_t words) {
  note(write_call(slot, decision, words));
  real_.write_decision(slot, decision, words);
}

void RecordingRuntime::notify(int slot) {
  note(notify_call(slot));
  real_.notify(slot);
}

std::uint64_t RecordingRuntime::read_word(std::int64_t index) {
  const std::uint64_t value = real_.read_word(index);
  Words call = read_call(index);
  call.push_back(value);
  note(call);
  return value;
}

void RecordingRuntime::charge(Work work) {
  note(charge_call(work));
  real_.charge(work);
}

namespace {

class Recorded : public Program {
 public:
  Recorded(Runtime& real, AgentRecord& record, const MakeProgram& make)
      : runtime_(real, record), program_(make(runtime_)) {}
  void run() override { program_->run(); }

 private:
  RecordingRuntime runtime_;
  std::unique_ptr<Program> program_;
};

}  // namespace

MakeProgram recorded(const std::string& name, const MakeProgram& make, AgentRecords& records) {
  return [name, make, &records](Runtime& real) {
    AgentRecord& record = records.emplace_back();
    record.program = name;
    return std::make_unique<Recorded>(real, record, make);
  };
}

/// From the first that finds no room on nothing is written.
void RecordingRuntime::note(const Words& call) {
  full_ = full_ || record_.words.size() + call.size() > most_words_;
  if (full_) return;
  record_.words.insert(record_.words.end(), call.begin(), call.end());
}

}  // namespace wave
