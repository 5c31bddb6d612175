// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <vector>

#include "subsystems/wave/agent/program.h"
#include "subsystems/wave/agent/runtime.h"

namespace wave {

/// Everything that an agent program saw and did: its calls of the runtime, in order, each with what
/// it asked for and what it was answered. A file of them can be read on any machine of the same
/// byte order.
struct AgentRecord {
  static constexpr std::uint64_t kVersion = 1;
  /// A longer run is cut off: what is recorded is what came first.
  static constexpr std::size_t kMaxWords = std::size_t{1} << 27;

  std::string program;  // which one, in its maker's words
  std::uint64_t slots = 0;
  std::vector<std::uint64_t> words;  // of its calls
};

/// The records of several agents, one after the other.
using AgentRecords = std::deque<AgentRecord>;

/// A file that is no record, or one of another version.
struct BadRecord : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A program did something else than what is recorded.
struct RecordDiffers : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void write(std::ostream& out, const AgentRecords& records);
AgentRecords read_records(std::istream& in);

/// Number of calls in the record.
std::int64_t calls_of(const AgentRecord& record);

/// Lets such a program run on what was recorded, and compares each of its calls. Returns their
/// number; the first that differs is a `RecordDiffers`.
std::int64_t replay(const AgentRecord& record, const MakeProgram& make);

/// A runtime that writes down what goes through it, in no time of the agent's.
class RecordingRuntime : public Runtime {
 public:
  RecordingRuntime(Runtime& real, AgentRecord& record,
                   std::size_t most_words = AgentRecord::kMaxWords);

  Instant now() override;
  Event poll(Instant deadline) override;
  bool leaving() override;
  int slots() const override { return real_.slots(); }
  void write_decision(int slot, const Slot& decision, std::size_t words) override;
  void notify(int slot) override;
  std::uint64_t read_word(std::int64_t index) override;
  void charge(Work work) override;

 private:
  void note(const std::vector<std::uint64_t>& call);

  Runtime& real_;
  AgentRecord& record_;
  const std::size_t most_words_;
  bool full_ = false;
};

/// The same program, whose calls are written to a new one of `records`, which calls it `name`.
MakeProgram recorded(const std::string& name, const MakeProgram& make, AgentRecords& records);

}  // namespace wave
