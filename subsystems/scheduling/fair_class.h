// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/core/core.h"
#include "subsystems/scheduling/fair_params.h"
#include "subsystems/scheduling/thread.h"

namespace scheduling {

class HostCpu;
class Kernel;

/// What a CPU remembers between two balancings.
struct FairBalance {
  sim::Duration usual_idle{};  // running mean of its idle spells; long, until it has had some
  sim::Time next{};            // when it looks again at its tick
  int failed = 0;              // times that it found work elsewhere and could not take it
};

/// The fair class across CPUs: on which one a woken thread goes on, and which one takes waiting
/// threads from which. A CPU's load is the number of its threads.
///
/// Not modelled: load averages, the limit on how many CPUs a waker asks, scheduling domains beyond
/// shared cache and the rest.
class FairClass {
 public:
  FairClass(Kernel& kernel, const FairParams& params);

  /// Where `thread` goes on that `by` wakes: an idle CPU near its last one or the waker's.
  int cpu_for_woken(const Thread& thread, core::Core& by, int waker_cpu);
  /// Where a thread starts: on the CPU to which the fewest belong. Linux reads that from load
  /// averages, to which a newborn thread counts in full.
  int cpu_for_new(const Thread& thread);

  /// A CPU that is about to idle takes a waiting thread from another one; true if it found any.
  bool balance_newly_idle(HostCpu& cpu);
  /// The same now and then for a CPU that runs or that another one has reminded. A busy CPU with
  /// waiting threads reminds an idle one, whose tick has stopped.
  void balance_at_tick(HostCpu& cpu);
  /// Notes how long a CPU was idle.
  void note_idle(HostCpu& cpu, sim::Duration spell);

 private:
  bool may_use(const Thread& thread, int cpu) const;
  bool share_cache(int a, int b) const;
  bool draws_to_waker(int waker_cpu, int previous);
  int idle_cpu_near(int target, const Thread& thread, core::Core& by);
  void remind_idle_cpu(HostCpu& by);
  HostCpu* busiest(HostCpu& cpu, bool near);
  bool pull(HostCpu& from, HostCpu& to);
  bool may_move(const Thread& thread, const HostCpu& to) const;

  Kernel& kernel_;
  const FairParams params_;
};

}  // namespace scheduling
