// SPDX-License-Identifier: Apache-2.0
#include "experiments/cluster/worker.h"

#include <atomic>
#include <exception>
#include <functional>
#include <future>
#include <thread>

#include "experiments/cluster/messages.h"
#include "experiments/system/shared_inputs.h"
#include "experiments/system/stoppable.h"

namespace cluster {
namespace {

using Clock = std::chrono::steady_clock;
using experiments::Attempt;

/// An experiment that this rank cannot read, as without a file that only rank 0 has, is told like
/// one that failed: under the job's number, or rank 0 would wait for it for ever.
std::string run(const RemoteJob& remote, const experiments::SharedInputs& inputs) {
  RemoteOutcome outcome{.job = remote.job, .outcome = {}};
  try {
    outcome.outcome =
        experiments::run_replication(params_of(remote), remote.job.replication, true, inputs);
  } catch (const std::exception& error) {
    outcome.outcome = Attempt{.error = error.what()};
  }
  return outcome_message(outcome);
}

/// Simulates in a thread of its own, so that this one can say that it is there.
class Worker {
 public:
  Worker(Ranks& ranks, const std::atomic<bool>* interrupted)
      : ranks_(ranks), interrupted_(interrupted) {}

  bool work() {
    while (Clock::now() - heard_ < kSilence) {
      if (experiments::is_set(interrupted_)) stop_ = true;
      if (listen() == Next::kLeave) return true;
      answer();
      say_that_i_am_here();
      std::this_thread::sleep_for(kBetweenLooks);
    }
    ranks_.leave_alone();
    return false;
  }

 private:
  enum class Next : std::uint8_t { kStay, kLeave };

  Next listen() {
    while (const auto message = ranks_.receive()) {
      heard_ = Clock::now();
      if (const auto together = read_leave(message->text)) {
        if (!*together) ranks_.leave_alone();
        return Next::kLeave;
      }
      if (is_stop(message->text)) {
        stop_ = true;
        ranks_.send(0, stop_message());
      } else if (auto remote = read_job(message->text)) {
        answer_ = std::async(std::launch::async, run, std::move(*remote), std::cref(inputs_));
      }
    }
    return Next::kStay;
  }

  void answer() {
    if (!answer_.valid() || answer_.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
      return;
    ranks_.send(0, answer_.get());
  }

  void say_that_i_am_here() {
    if (Clock::now() - spoke_ < kBetweenSignsOfLife) return;
    spoke_ = Clock::now();
    ranks_.send(0, alive_message());
  }

  Ranks& ranks_;
  const std::atomic<bool>* const interrupted_;
  std::atomic<bool> stop_{false};
  const experiments::SharedInputs inputs_{.stop = &stop_};
  Clock::time_point heard_ = Clock::now();
  Clock::time_point spoke_ = Clock::now();
  std::future<std::string> answer_;
};

}  // namespace

bool work_for_rank_0(Ranks& ranks, const std::atomic<bool>* interrupted) {
  return Worker(ranks, interrupted).work();
}

}  // namespace cluster
