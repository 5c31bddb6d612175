// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "subsystems/scheduling/policies/agent_program.h"

/// For this folder's tests: an agent program whose host is the test.
namespace scheduling::bench {

using namespace wave::scheduling;
using wave::Event;
using wave::Instant;

constexpr std::uint32_t kFlags = kCommitAtTxnCommit;

struct Written {
  Cpu cpu;
  std::uint32_t sequence;
  Transaction transaction;
  bool notified = false;
};

/// A runtime without a machine: the test says what the agent polls, and reads what it decided.
class FakeRuntime : public wave::Runtime {
 public:
  explicit FakeRuntime(int slots) : slots_(slots) {}

  Instant now() override { return now_; }
  bool leaving() override { return events_.empty(); }
  Event poll(Instant until) override {
    deadline = until;
    const Event event = events_.front();
    events_.pop_front();
    return event;
  }
  int slots() const override { return slots_; }
  void write_decision(int slot, const wave::Slot& decision, std::size_t) override {
    written.push_back({slot, static_cast<std::uint32_t>(decision[wave::kFlagWord]),
                       decode_transaction(decision)});
  }
  void notify(int slot) override {
    notified.push_back(slot);
    for (auto it = written.rbegin(); it != written.rend(); ++it)
      if (it->cpu == slot) {
        it->notified = true;
        return;
      }
  }
  std::uint64_t read_word(std::int64_t index) override { return words[index]; }
  void charge(wave::Work) override { now_ += cost; }

  void add(const Event& event) { events_.push_back(event); }
  void pass(Instant span) { now_ += span; }

  std::vector<Written> written;
  std::vector<int> notified;
  std::map<std::int64_t, std::uint64_t> words;
  Instant deadline = wave::kNever;  // of the youngest poll
  Instant cost{};                   // of whatever is charged

 private:
  int slots_;
  Instant now_{};
  std::deque<Event> events_;
};

constexpr Gtid gtid(int thread) {
  return make_gtid(thread, 1);
}

/// The agent and, on the other side of its runtime, the test.
template <class P>
struct AgentBench {
  template <class... PolicyArguments>
  AgentBench(int cpus, const AgentOptions& options, PolicyArguments... arguments)
      : runtime(cpus), policy(arguments...), agent(runtime, policy, options) {}

  void tell(const Message& message) {
    runtime.add({.kind = Event::Kind::kMessage, .source = 0, .slot = encode(message, 1)});
    agent.run();
  }
  void tell(MessageType type, int thread, Barrier number, Cpu cpu = kNoCpu,
            std::uint32_t flags = 0) {
    tell({.type = type, .seqnum = number, .gtid = gtid(thread), .cpu = cpu, .flags = flags});
  }
  void arrives(int thread, Barrier number = 1) {
    tell(MessageType::kTaskNew, thread, number, kNoCpu, Message::kRunnable);
  }
  void answer(Cpu cpu, std::uint32_t sequence, TransactionState state, bool idle) {
    runtime.add({.kind = Event::Kind::kOutcome,
                 .source = cpu,
                 .outcome = encode(Outcome{.sequence = sequence, .state = state, .idle = idle})});
    agent.run();
  }
  void idle(Cpu cpu) { answer(cpu, 0, kComplete, true); }
  void commits(Cpu cpu, std::uint32_t sequence) { answer(cpu, sequence, kComplete, false); }
  /// CPU 0 runs `thread` from now on, by its decision number 1. Of its notification the test need
  /// not know.
  void run_the_first(int thread = 1) {
    idle(0);
    arrives(thread);
    commits(0, 1);
    runtime.notified.clear();
  }

  /// Time passes, and the agent's deadline with it if it lies within.
  void pass(Instant span) {
    runtime.pass(span);
    runtime.add({.kind = Event::Kind::kNone});
    agent.run();
  }
  /// Until when the agent would poll now, in time from now.
  Instant patience() {
    pass(Instant{0});
    pass(Instant{0});
    return runtime.deadline == wave::kNever ? wave::kNever : runtime.deadline - runtime.now();
  }

  const Written& last() const { return runtime.written.back(); }
  std::size_t decisions() const { return runtime.written.size(); }

  FakeRuntime runtime;
  P policy;
  AgentProgram agent;
};

}  // namespace scheduling::bench
