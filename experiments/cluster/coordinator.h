// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <span>
#include <vector>

#include "experiments/cluster/messages.h"
#include "experiments/cluster/ranks.h"
#include "experiments/points/schedule.h"

namespace cluster {

/// Rank 0: hands replications to the others as they become idle, runs some itself, and gets all
/// results. What a rank was running when it fell silent goes to the next that is idle; should it
/// speak again, it gets work again.
///
/// The others are told to stop when this is destroyed, whatever the reason.
class Coordinator {
 public:
  /// A rank of which nothing is heard for so long is taken to be gone.
  explicit Coordinator(Ranks& ranks, std::chrono::milliseconds silence = kSilence);
  ~Coordinator();
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  /// As experiments::run_points, with one run at a time on each rank. Who is interrupted by itself
  /// gets no more to do.
  void run(const std::vector<experiments::Point>& points,
           const experiments::RunnerOptions& options);

 private:
  using Clock = std::chrono::steady_clock;
  using Job = experiments::Schedule::Job;

  struct Worker {
    std::optional<Job> job = {};
    Clock::time_point heard = Clock::now();
    bool lost = false;
    bool interrupted = false;  // by itself: takes no job any more
    bool stopped = false;      // has answered at the end
  };

  std::span<Worker> others();
  void tell_all(const std::string& message);
  void listen_for_goodbyes();

  void stop_all();
  void listen(experiments::Schedule& schedule);
  void hand_out(experiments::Schedule& schedule);
  void work_myself(experiments::Schedule& schedule);
  void look_for_lost_ranks(experiments::Schedule& schedule);
  void say_that_i_am_here();

  Ranks& ranks_;
  const std::chrono::milliseconds silence_;
  std::vector<Worker> workers_;  // by rank; the first is unused
  const std::vector<experiments::Point>* points_ = nullptr;
  Clock::time_point spoke_ = Clock::now();
  std::optional<Job> my_job_;
  std::atomic<bool> stop_{false};  // what is under way, here too
  const experiments::SharedInputs inputs_{.stop = &stop_};
  std::future<experiments::Attempt> my_outcome_;
};

}  // namespace cluster
