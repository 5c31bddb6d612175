// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "subsystems/wave/agent/runtime.h"
#include "subsystems/wave/agent/scheduling.h"

namespace wave::scheduling {

/// A decision for a CPU, in the memory that agents share with the kernel (ghOSt's RunRequest).
struct RunRequest {
  Cpu cpu = kNoCpu;
  Transaction transaction;
  TransactionState state = kComplete;  // after it was submitted: what became of it
};

/// What yielding the own CPU came to.
enum class Yield : std::uint8_t {
  kDone,     // the agent gave its CPU away and has it back
  kStale,    // something has been posted since the barrier was sampled: look again
  kInvalid,  // flags that mean nothing here
};

/// What became of a wish to have a thread's messages in another queue.
struct Association {
  enum class Result : std::uint8_t { kDone, kNoThread, kStale };
  Result result = Result::kDone;
  bool was_there = false;    // it was this queue's already
  bool new_pending = false;  // its TASK_NEW has not been sent yet
};

/// What an agent has that runs on the CPU that it schedules: its own queue, its own CPU to give
/// away, and what the kernel shows of threads. Calls block like ordinary code: one that gives the
/// CPU away returns when the agent has it again. Needs memory shared with the kernel, so such
/// agents stay on the host.
class LocalRuntime {
 public:
  virtual ~LocalRuntime() = default;

  virtual Instant now() = 0;
  virtual Cpu cpu() const = 0;
  /// The host has asked the agent to leave.
  virtual bool leaving() = 0;
  /// Declares that the program is about to do this.
  virtual void charge(Work work) = 0;
  /// Takes the lock of a run queue that the agents share: its line comes here. Not modelled:
  /// waiting for another holder.
  virtual void lock(Cpu run_queue) = 0;

  // The own status word:
  virtual Barrier barrier() = 0;
  /// A thread of another class wants this CPU; an agent that sees it should leave it soon.
  virtual bool boost_priority() = 0;

  // The own queue:
  virtual std::optional<Message> next_message() = 0;

  // Threads:
  virtual bool on_cpu(Gtid thread) = 0;
  /// From now on the thread's messages go to the queue of `queue`'s agent, if nothing has been
  /// posted about the thread since `barrier`.
  virtual Association associate(Gtid thread, Cpu queue, Barrier barrier) = 0;
  /// The agent has seen the last of this incarnation.
  virtual void free_status_word(Gtid thread) = 0;

  // CPUs:
  /// Gives the CPU away unless the own barrier has moved since it was `sample`.
  virtual Yield yield(Barrier sample, std::uint32_t run_flags) = 0;
  /// Submits decisions, the one for the own CPU last. If that succeeds, the call returns when the
  /// agent has its CPU again.
  virtual void submit(std::span<RunRequest> requests) = 0;
  /// Makes the agent of another CPU look at its queue; false: it has none.
  virtual bool ping(Cpu other) = 0;
};

}  // namespace wave::scheduling
