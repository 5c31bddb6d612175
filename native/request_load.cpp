// SPDX-License-Identifier: Apache-2.0
#include "native/request_load.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <sys/prctl.h>
#include <thread>
#include <utility>

namespace native {

using namespace std::chrono_literals;

RequestLoad::RequestLoad(const LoadOptions& options, Kernel& kernel, Words table_memory,
                         const wave::TablePlace& table, const Clock& clock, int queue)
    : options_(options),
      kernel_(kernel),
      memory_(table_memory),
      table_(table),
      clock_(clock),
      queue_(queue),
      workers_(static_cast<std::size_t>(options.threads)) {}

void RequestLoad::enter_threads() {
  const std::lock_guard guard(lock_);
  for (Worker& worker : workers_) {
    worker.thread =
        &kernel_.enter([this, &worker](Self& self) { be_worker(worker, self); }, false, queue_);
    idle_.push_back(&worker);
  }
}

// A worker thread's code

void RequestLoad::be_worker(Worker& worker, Self& self) {
  while (take_request(worker)) {  // its first wake-up is where it begins
    handle(worker, self);
    if (finished(worker, self))
      self.yield();
    else
      self.block();
  }
}

/// It has been woken: for a request, or to leave.
bool RequestLoad::take_request(Worker& worker) {
  const std::lock_guard guard(lock_);
  if (worker.leaves) ++ended_;
  return !worker.leaves;
}

/// A microsecond at a time, so that it can lose its CPU.
void RequestLoad::handle(Worker& worker, Self& self) {
  const std::int64_t ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(worker.request->work).count();
  for (std::int64_t left = ns * steps_per_us_ / 1000; left > 0 && !gives_up_;
       left -= steps_per_us_) {
    worker.work.step(std::min(left, steps_per_us_));
    self.safepoint();
  }
}

/// True if it has been given its next request. Then it goes to the end of the line: those behind it
/// have theirs for longer.
bool RequestLoad::finished(Worker& worker, Self& self) {
  const std::lock_guard guard(lock_);
  if (gives_up_) return false;
  const Request& request = *worker.request;
  stats_.answered(request.kind, std::max(clock_.now() - request.at, Instant{0}));
  std::uint8_t& times = carried_out_[worker.number];
  if (times < 255) ++times;
  worker.request.reset();
  idle_.push_back(&worker);
  if (!waiting_.empty()) assign(self.cpu(), self.cpu(), &worker);
  return worker.request.has_value();
}

// The generator's program

namespace {

/// To within what the machine's timer and scheduler allow.
void sleep_until(const Clock& clock, Instant when) {
  std::this_thread::sleep_until(clock.at(when));
}

}  // namespace

void RequestLoad::run(const NextRequest& next, const std::atomic<bool>& stop, Instant patience) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // nanoseconds, instead of Linux's 50 us
  const Instant begin = clock_.now();
  const Instant end = begin + options_.warm_up + options_.length;
  bool warm = false;
  while (std::optional<Request> request = next()) {
    request->at += begin;
    if (!warm && (warm = request->at >= begin + options_.warm_up) && warm_up_is_over_)
      warm_up_is_over_();
    if (request->at >= end) break;
    while (clock_.now() < request->at && !stop)
      sleep_until(clock_, std::min(request->at, clock_.now() + Instant{50ms}));
    if (stop) break;
    arrived(*request);
  }
  left_ = under_way();
  wait_for_the_rest(stop, patience);
  let_threads_end(patience);
}

void RequestLoad::arrived(const Request& request) {
  const std::lock_guard guard(lock_);
  stats_.came(request.kind, request.work);
  waiting_.push_back({.request = request, .number = carried_out_.size()});
  carried_out_.push_back(0);
  if (!idle_.empty()) assign(queue_, kNoCpu, nullptr);
}

/// Gives the request that has waited longest to the thread that has been idle longest. Who sends is
/// on CPU `cpu`, or on none of the kernel's; `self` needs no waking.
void RequestLoad::assign(int queue, int cpu, const Worker* self) {
  Worker& worker = *idle_.front();
  idle_.pop_front();
  worker.request = waiting_.front().request;
  worker.number = waiting_.front().number;
  waiting_.pop_front();
  // Release: the agent reads it when it hears of the wake-up, and that order would do; but it may
  // also read it later, of the next request.
  memory_.at(table_.word(wave::scheduling::tid_of(worker.thread->gtid)))
      .store(static_cast<std::uint64_t>(worker.request->request_class), std::memory_order_release);
  if (&worker != self) kernel_.wake(*worker.thread, queue, cpu);
}

std::int64_t RequestLoad::under_way() const {
  const std::lock_guard guard(lock_);
  return stats_.arrived - stats_.completed;
}

std::int64_t RequestLoad::progress() const {
  const std::lock_guard guard(lock_);
  return stats_.completed + ended_;
}

/// Until all are done, or nothing has happened for `patience`; once `stop` is true, no longer.
void RequestLoad::wait_for_the_rest(const std::atomic<bool>& stop, Instant patience) {
  Instant last = clock_.now();
  std::int64_t done = progress();
  for (;;) {
    {
      const std::lock_guard guard(lock_);
      if (stats_.completed == stats_.arrived) return;
    }
    if (stop) return give_up();
    std::this_thread::sleep_for(200us);
    const std::int64_t now_done = progress();
    if (now_done != done) last = clock_.now();
    done = now_done;
    if (clock_.now() - last > patience) return;
  }
}

/// Under overload the rest may take many times as long as the run. Threads that have a request keep
/// it, and block at the next safepoint.
void RequestLoad::give_up() {
  const std::lock_guard guard(lock_);
  gives_up_ = true;
  given_up_ = std::ssize(waiting_) + std::ranges::count_if(workers_, [](const Worker& worker) {
                return worker.request.has_value();
              });
  waiting_.clear();
}

void RequestLoad::let_threads_end(Instant patience) {
  std::deque<Worker*> idle;
  {
    const std::lock_guard guard(lock_);
    idle = std::exchange(idle_, {});
    for (Worker* worker : idle) worker->leaves = true;
  }
  for (Worker* worker : idle) kernel_.wake(*worker->thread, queue_, kNoCpu);
  const Instant limit = clock_.now() + patience;
  while (ended() < std::ssize(idle) && clock_.now() < limit) std::this_thread::sleep_for(200us);
}

// Statistics

workloads::RequestStats RequestLoad::stats() const {
  const std::lock_guard guard(lock_);
  return stats_;
}

Executions RequestLoad::executions() const {
  const std::lock_guard guard(lock_);
  Executions all{.lost = -given_up_, .given_up = given_up_};  // none of these was carried out
  for (const std::uint8_t times : carried_out_)
    ++(times == 1 ? all.once : times == 0 ? all.lost : all.repeated);
  return all;
}

int RequestLoad::ended() const {
  const std::lock_guard guard(lock_);
  return ended_;
}

}  // namespace native
