// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "subsystems/wave/agent/runtime.h"
#include "subsystems/wave/agent/scheduling.h"

namespace scheduling {

using wave::Instant;
using wave::scheduling::Cpu;

/// A thread's place in the agent's tables: small, dense and reused after the thread is gone.
using ThreadId = std::int32_t;

/// Decides which thread runs next. It is told what happened to threads and asked for the next one
/// when a CPU could take it. It owns no clock, no queue between machines and no core, which is what
/// lets the same object code run on the host, on the SmartNIC and natively.
///
/// A thread is known from `runnable` to `gone`. Between `pick` and the next `runnable` it belongs
/// to a CPU and is not the policy's to give away.
class Policy {
 public:
  virtual ~Policy() = default;

  /// The thread wants a CPU: it is new, has woken up, has yielded or lost its CPU.
  enum class Why : std::uint8_t { kWoken, kYielded, kPreempted, kRefused };
  virtual void runnable(ThreadId thread, Why why, Instant now) = 0;
  /// A runnable thread went away before it was picked: it died or left for another scheduler.
  virtual void gone(ThreadId thread) = 0;
  /// The thread that `cpu` should run next, which thereby belongs to it.
  virtual std::optional<ThreadId> pick(Cpu cpu, Instant now) = 0;
  /// Whether the policy wants to know, when a thread wakes up, what the application has written
  /// into the thread's word; it is told before `runnable`.
  virtual bool reads_words() const { return false; }
  virtual void word(ThreadId, std::uint64_t) {}
  /// How long a thread may keep its CPU while others wait; none: until it blocks.
  virtual std::optional<Instant> slice() const { return std::nullopt; }
};

}  // namespace scheduling
