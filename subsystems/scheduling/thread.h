// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>

#include "models/core/core.h"
#include "subsystems/scheduling/fair_queue.h"
#include "subsystems/wave/agent/scheduling.h"

namespace scheduling {

struct Queue;

using wave::scheduling::Barrier;
using wave::scheduling::Gtid;

/// What a thread's own code does next.
struct Step {
  enum class Kind : std::uint8_t { kRun, kBlock, kYield, kExit };
  Kind kind = Kind::kBlock;
  sim::Duration work{};  // of kRun: on the reference core
};

/// The code of a thread, as far as the host's scheduler can tell. `next` is called in the thread's
/// context whenever the step before is done, and may charge accesses to the CPU it runs on.
class ThreadBody {
 public:
  virtual ~ThreadBody() = default;
  virtual Step next(core::Core& cpu) = 0;
  /// The thread is back on a CPU, maybe another one, in the middle of a step.
  virtual void resume(core::Core&) {}
  /// Whether it is a virtual CPU: its code is a guest's, which every interrupt has to leave first.
  virtual bool is_guest() const { return false; }
  /// Which process it is a thread of, from 0 on. Threads of one have the same address space.
  virtual int process() const { return 0; }
};

/// What the kernel shows agents about a thread; flags as in ghOSt's ABI.
struct StatusWord {
  static constexpr std::uint32_t kInUse = 1u << 0;
  static constexpr std::uint32_t kCanFree = 1u << 1;
  static constexpr std::uint32_t kAllocated = 1u << 2;
  static constexpr std::uint32_t kCpuAvailable = 1u << 8;
  static constexpr std::uint32_t kBoostPriority = 1u << 9;
  static constexpr std::uint32_t kOnCpu = 1u << 16;
  static constexpr std::uint32_t kRunnable = 1u << 17;
  static constexpr std::uint32_t kIsAgent = 1u << 18;
  static constexpr std::uint32_t kMessageGated = 1u << 19;

  Barrier barrier = 0;
  std::uint32_t flags = kInUse | kAllocated;
  std::uint32_t index = 0;  // its place in the enclave's table
  sim::Time switch_time{};
  sim::Duration runtime{};

  bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
  void set(std::uint32_t flag) { flags |= flag; }
  void set(std::uint32_t flag, bool to) { flags = to ? flags | flag : flags & ~flag; }
  void clear(std::uint32_t flag) { flags &= ~flag; }
};

/// Agents are threads of a process that is none of the workload's.
constexpr int kAgentsProcess = -1;

/// Who schedules a thread. On a CPU its agent comes first, then the fair class, then the ghost
/// class.
enum class SchedulingClass : std::uint8_t { kGhost, kFair, kAgent };

/// The CPUs on which a thread may run.
using CpuSet = std::bitset<256>;

/// A thread of the host.
struct Thread {
  enum class State : std::uint8_t { kBlocked, kRunnable, kDead };

  Gtid gtid = 0;
  ThreadBody* body = nullptr;
  State state = State::kBlocked;
  SchedulingClass scheduled_by = SchedulingClass::kGhost;
  StatusWord status;
  int process = 0;                            // whose address space it runs in
  int cpu = wave::scheduling::kNoCpu;         // where it runs or ran last
  int latched_on = wave::scheduling::kNoCpu;  // chosen to run next there
  bool new_message_due = false;               // TASK_NEW waits until the thread leaves its CPU
  bool woken_while_blocking = false;          // a wake-up came before it had really left its CPU
  int waker_cpu = wave::scheduling::kNoCpu;   // who last woke it
  bool blocking = false;                      // on its way off the CPU
  bool class_change_due = false;              // to the other class, once it has left its CPU
  bool wakes_deferrably = false;              // its wake-ups may wait: the workload says so
  Queue* queue = nullptr;                     // its messages'; none: that of whoever sends
  sim::Time runnable_since{};                 // when it woke up, came or lost its last CPU
  FairEntity fair;
  CpuSet affinity = ~CpuSet{};
  sim::Duration unfinished{};    // of the step that a preemption cut short
  memory::SharedLine task_line;  // of its task structure: what wakers and commits touch
  memory::CoherentLine context;  // what only switching to it touches; moves together
  memory::SharedLine* status_line = nullptr;  // its status word's and the next one's, if it has one

  void write_status_word(core::Core& by) const {
    if (status_line != nullptr) by.touch(*status_line);
  }
  void read_status_word(core::Core& by) const {
    if (status_line != nullptr) by.look(*status_line);
  }

  bool is_ghost() const { return scheduled_by == SchedulingClass::kGhost; }
  bool is_agent() const { return scheduled_by == SchedulingClass::kAgent; }
  /// In the ghost class, able to run, and on no CPU.
  bool waits_for_agent() const {
    return is_ghost() && state == State::kRunnable && !status.has(StatusWord::kOnCpu);
  }
  bool is_fair() const { return scheduled_by == SchedulingClass::kFair; }
  /// In the ghost class but not known to its agent under a name: it has come back, and the agent
  /// has not freed the status word that it had before.
  bool gated() const { return status.has(StatusWord::kMessageGated); }
};

}  // namespace scheduling
