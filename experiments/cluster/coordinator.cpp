// SPDX-License-Identifier: Apache-2.0
#include "experiments/cluster/coordinator.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "experiments/text/say.h"

namespace cluster {
namespace {

using experiments::Attempt;
using experiments::Point;
using experiments::RunnerOptions;
using experiments::Schedule;

}  // namespace

Coordinator::Coordinator(Ranks& ranks, std::chrono::milliseconds silence)
    : ranks_(ranks), silence_(silence), workers_(static_cast<std::size_t>(ranks.size())) {}

Coordinator::~Coordinator() {
  tell_all(stop_message());
  listen_for_goodbyes();
  const bool together = std::ranges::all_of(others(), &Worker::stopped);
  tell_all(leave_message(together));
  if (!together) ranks_.leave_alone();
}

std::span<Coordinator::Worker> Coordinator::others() {
  return std::span(workers_).subspan(1);
}

/// Also those who are taken to be lost: they may be slow.
void Coordinator::tell_all(const std::string& message) {
  for (int rank = 1; rank < ranks_.size(); ++rank) ranks_.send(rank, message);
}

void Coordinator::listen_for_goodbyes() {
  const auto end = Clock::now() + silence_;
  const auto is_done = [](const Worker& worker) { return worker.stopped || worker.lost; };
  while (!std::ranges::all_of(others(), is_done) && Clock::now() < end) {
    while (const auto message = ranks_.receive())
      if (is_stop(message->text)) workers_[static_cast<std::size_t>(message->from)].stopped = true;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

void Coordinator::run(const std::vector<Point>& points, const RunnerOptions& options) {
  points_ = &points;
  Schedule schedule(points, options);
  while (!schedule.over()) {
    if (experiments::is_set(options.stop)) stop_all();
    listen(schedule);
    work_myself(schedule);
    look_for_lost_ranks(schedule);
    hand_out(schedule);
    say_that_i_am_here();
    std::this_thread::sleep_for(kBetweenLooks);
  }
  schedule.end();
}

void Coordinator::stop_all() {
  if (!stop_.exchange(true)) tell_all(stop_message());
}

void Coordinator::listen(Schedule& schedule) {
  while (auto message = ranks_.receive()) {
    Worker& worker = workers_[static_cast<std::size_t>(message->from)];
    worker.heard = Clock::now();
    worker.lost = false;
    auto outcome = read_outcome(message->text);
    // What a rank was slow to say has been given to another, who says the same.
    if (!outcome || !worker.job || !outcome->is_of(*worker.job)) continue;
    const Job job = *worker.job;
    worker.job.reset();
    worker.interrupted = outcome->outcome.stopped;
    schedule.finish(job, std::move(outcome->outcome));
  }
}

void Coordinator::hand_out(Schedule& schedule) {
  for (std::size_t rank = 1; rank < workers_.size(); ++rank) {
    Worker& worker = workers_[rank];
    if (worker.lost || worker.interrupted || worker.job) continue;
    worker.job = schedule.take();
    if (!worker.job) return;
    ranks_.send(static_cast<int>(rank), job_message(*worker.job, (*points_)[worker.job->point]));
  }
}

/// In a thread of its own: this one is to answer the others.
void Coordinator::work_myself(Schedule& schedule) {
  if (my_job_ && my_outcome_.wait_for(std::chrono::seconds{0}) == std::future_status::ready) {
    const Job job = *my_job_;
    my_job_.reset();
    schedule.finish(job, my_outcome_.get());
  }
  if (my_job_) return;
  my_job_ = schedule.take();
  if (!my_job_) return;
  my_outcome_ = std::async(std::launch::async, [this, params = (*points_)[my_job_->point].params,
                                                replication = my_job_->replication] {
    return experiments::run_replication(params, replication, true, inputs_);
  });
}

void Coordinator::look_for_lost_ranks(Schedule& schedule) {
  for (std::size_t rank = 1; rank < workers_.size(); ++rank) {
    Worker& worker = workers_[rank];
    if (worker.lost || Clock::now() - worker.heard < silence_) continue;
    worker.lost = true;
    experiments::say("wavesim: note: nothing heard of rank {} for {} s; others do its work\n", rank,
                     std::chrono::duration<double>(silence_).count());
    if (worker.job) schedule.give_back(*worker.job);
    worker.job.reset();
  }
}

void Coordinator::say_that_i_am_here() {
  if (Clock::now() - spoke_ < kBetweenSignsOfLife) return;
  spoke_ = Clock::now();
  for (std::size_t rank = 1; rank < workers_.size(); ++rank)
    if (!workers_[rank].lost) ranks_.send(static_cast<int>(rank), alive_message());
}

}  // namespace cluster
