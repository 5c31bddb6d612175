// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "subsystems/wave/agent/local_runtime.h"

namespace scheduling {

struct PerCpuFifoStats {
  std::int64_t messages = 0;
  std::int64_t decisions = 0;
  std::int64_t refused = 0;
  std::int64_t stolen = 0;
  std::int64_t stale_yields = 0;
};

/// ghOSt's per-CPU FIFO: an agent on each CPU runs that CPU's threads first come, first served, to
/// completion. New threads are dealt out in turn by the agent of the first CPU, to whose queue all
/// threads come first. An agent with nothing to run takes the thread that has waited longest from
/// its neighbours, if stealing is on. The agents share this object; each runs `run` on its CPU.
///
/// Not modelled: affinities, yielding to the kernel's other classes by load.
class PerCpuFifo {
 public:
  struct Options {
    bool steal = true;
  };

  PerCpuFifo(int cpus, const Options& options)
      : options_(options), run_queues_(static_cast<std::size_t>(cpus)) {}

  /// An agent's program, until the host asks it to leave.
  void run(wave::scheduling::LocalRuntime& runtime);

  const PerCpuFifoStats& stats() const { return stats_; }

 private:
  using Gtid = wave::scheduling::Gtid;
  using Cpu = wave::scheduling::Cpu;
  using Runtime = wave::scheduling::LocalRuntime;

  struct Task {
    Gtid gtid = 0;
    wave::scheduling::Barrier barrier = 0;
    Cpu home = wave::scheduling::kNoCpu;  // whose agent gets its messages
    bool waiting = false;                 // stands in a run queue
  };

  Task& task(Gtid gtid);
  std::deque<Gtid>& run_queue(Cpu cpu) { return run_queues_[static_cast<std::size_t>(cpu)]; }

  void handle(Runtime& runtime, const wave::scheduling::Message& message);
  bool is_old(const wave::scheduling::Message& message);
  void deal_out(Runtime& runtime, Task& task, bool runnable);
  void enqueue(Runtime& runtime, Task& task, bool at_head);
  void dequeue(Runtime& runtime, Task& task);
  std::optional<Gtid> next(Runtime& runtime);
  std::optional<Gtid> steal(Runtime& runtime);
  void dispatch(Runtime& runtime, Gtid gtid, wave::scheduling::Barrier sample);

  const Options options_;
  PerCpuFifoStats stats_;
  std::vector<std::deque<Gtid>> run_queues_;
  std::deque<Task> tasks_;  // by tid
  Cpu next_home_ = 0;
};

}  // namespace scheduling
