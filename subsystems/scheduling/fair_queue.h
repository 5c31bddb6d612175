// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units.h"
#include "subsystems/scheduling/fair_params.h"

namespace scheduling {

struct Thread;
class FairQueue;

/// The weight of a nice value: 1024 at 0, and a step is worth about 10 % of a CPU.
std::int64_t weight_of(int nice);

/// What the fair class keeps of a thread.
struct FairEntity {
  int nice = 0;
  sim::Duration vruntime{};          // time run, divided by weight, on the scale of its queue
  const FairQueue* queue = nullptr;  // where it is or was last
  bool queued = false;               // waits or runs there
  sim::Time last_ran{};
};

/// The fair class on one CPU: the runnable threads by virtual runtime, and the rules that say which
/// runs and for how long. Neither a core nor a clock of its own: instants are told.
///
/// Not modelled: group scheduling, load averages (PELT), bandwidth control, the next and last
/// buddies.
class FairQueue {
 public:
  explicit FairQueue(const FairParams& params) : params_(params) {}

  /// How a thread comes to the queue.
  enum class Arrival : std::uint8_t { kNew, kWoken, kMoved };
  void add(Thread& thread, Arrival how);
  /// A waiting thread goes away: to another CPU or class.
  void remove(Thread& thread);

  /// The waiting thread with the least virtual runtime now runs. Never null while one waits.
  Thread& pick(sim::Time now);
  /// A thread that runs already joins the class and goes on.
  void adopt_running(Thread& thread, sim::Time now);
  /// A thread that is in no queue leaves the class, and keeps its distance to where it was last.
  /// One that slept has no more of a lead than if it woke up now.
  void release(Thread& thread) const;
  /// The running thread stops: it sleeps, or leaves the class.
  void stop(sim::Time now);
  /// The running thread waits again.
  void put_back(sim::Time now);
  /// The same because it asked to: the next pick passes it over if another is not far ahead.
  void yield(sim::Time now);

  /// A waiting or running thread gets another weight.
  void set_nice(Thread& thread, int nice, sim::Time now);

  /// Charges the running thread for its time until now.
  void account(sim::Time now);
  /// Whether the running thread has used up its slice, or is far ahead of the next one.
  bool slice_is_over() const;
  /// Whether `woken`, which waits here, is far enough behind the running thread to take over.
  bool preempts(const Thread& woken) const;
  /// What a thread of this weight gets at a time.
  sim::Duration slice(const Thread& thread) const;

  Thread* running() const { return running_; }
  int waiting() const { return static_cast<int>(waiting_.size()); }
  bool empty() const { return running_ == nullptr && waiting_.empty(); }
  /// Waiting and running threads.
  int load() const { return waiting() + (running_ != nullptr ? 1 : 0); }
  Thread& waiting(int i) const { return *waiting_[static_cast<std::size_t>(i)]; }
  sim::Duration min_vruntime() const { return min_vruntime_; }

 private:
  void insert(Thread& thread);
  void join(Thread& thread);
  void part(Thread& thread);
  void place(Thread& thread, Arrival how);
  void update_min_vruntime();
  sim::Duration period(int threads) const;
  sim::Duration wakeup_granularity_for(const Thread& thread) const;

  const FairParams params_;
  std::vector<Thread*> waiting_;  // by virtual runtime; equal ones as they came
  Thread* running_ = nullptr;
  Thread* skip_ = nullptr;
  std::int64_t weight_ = 0;  // of all, the running one included
  sim::Time charged_until_{};
  sim::Duration ran_{};  // the running thread, since it was picked
  sim::Duration min_vruntime_{};
};

}  // namespace scheduling
