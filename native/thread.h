// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "native/context.h"
#include "subsystems/wave/agent/runtime.h"
#include "subsystems/wave/agent/scheduling.h"

namespace native {

using wave::Instant;
using wave::scheduling::Barrier;
using wave::scheduling::Gtid;
using wave::scheduling::kNoCpu;

class Worker;

/// Why a thread's code gives its CPU back.
enum class Stop : std::uint8_t { kBlock, kYield, kPreempted, kExit };

/// What a thread's own code may call, on the CPU that runs it.
class Self {
 public:
  virtual ~Self() = default;
  /// Waits to be woken; a wake-up that has come already is used up at once.
  virtual void block() = 0;
  virtual void yield() = 0;
  /// To be called every few microseconds: the thread may lose its CPU here, and go on at another.
  virtual void safepoint() = 0;
  /// Where it runs at this moment.
  virtual int cpu() const = 0;
};

/// A thread of the host: a request context, with its own stack. All but its code and its context
/// belongs to the kernel's lock.
struct Thread {
  enum class State : std::uint8_t { kBlocked, kRunnable, kDead };

  Gtid gtid = 0;
  State state = State::kBlocked;
  Barrier barrier = 0;
  bool on_cpu = false;
  int cpu = kNoCpu;                  // where it runs or ran last
  int latched_on = kNoCpu;           // chosen to run next there
  bool new_message_due = false;      // TASK_NEW waits until the thread leaves its CPU
  bool woken_while_running = false;  // a wake-up came before it blocked
  Instant runnable_since{};          // when it woke up, came or lost its last CPU
  Instant runtime{};                 // on CPUs
  std::unique_ptr<Context> context;
  Worker* worker = nullptr;  // that runs it
  Stop stop = Stop::kBlock;  // why it stopped last

  bool waits() const { return state == State::kRunnable && !on_cpu; }
};

}  // namespace native
