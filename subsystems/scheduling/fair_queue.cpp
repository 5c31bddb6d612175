// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/fair_queue.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"
#include "subsystems/scheduling/thread.h"

namespace scheduling {
namespace {

constexpr std::int64_t kNiceZero = 1024;

/// Time as it counts for a thread of this weight.
sim::Duration weighted(sim::Duration d, std::int64_t weight) {
  if (weight == kNiceZero) return d;
  return sim::Duration{
      static_cast<std::int64_t>(sim::detail::Int128{d.count()} * kNiceZero / weight)};
}

bool behind(const Thread* a, const Thread* b) {
  return a->fair.vruntime < b->fair.vruntime;
}

}  // namespace

std::int64_t weight_of(int nice) {
  static constexpr std::int64_t kWeights[] = {
      88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,  //
      9548,  7620,  6100,  4904,  3906,  3121,  2501,  1991,  1586,  1277,   //
      1024,  820,   655,   526,   423,   335,   272,   215,   172,   137,    //
      110,   87,    70,    56,    45,    36,    29,    23,    18,    15};
  return kWeights[std::clamp(nice, -20, 19) + 20];
}

// Joining and leaving

void FairQueue::add(Thread& thread, Arrival how) {
  place(thread, how);
  join(thread);
  insert(thread);
}

/// A sleeper comes back half a period behind, so that it runs soon and still does not win by having
/// slept; a new thread waits for its turn; a moved one keeps its distance to its queue.
void FairQueue::place(Thread& thread, Arrival how) {
  FairEntity& e = thread.fair;
  if (const FairQueue* old = std::exchange(e.queue, this); old != this)
    e.vruntime += min_vruntime_ - (old != nullptr ? old->min_vruntime_ : sim::Duration{0});
  if (how == Arrival::kWoken)
    e.vruntime = std::max(e.vruntime, min_vruntime_ - params_.latency / 2);
  if (how == Arrival::kNew)
    e.vruntime = std::max(e.vruntime, min_vruntime_ + weighted(slice(thread), weight_of(e.nice)));
}

void FairQueue::release(Thread& thread) const {
  FairEntity& e = thread.fair;
  SIM_CHECK(!e.queued && e.queue == this);
  e.vruntime = std::max(e.vruntime, min_vruntime_ - params_.latency / 2) - min_vruntime_;
  e.queue = nullptr;
}

void FairQueue::join(Thread& thread) {
  thread.fair.queued = true;
  weight_ += weight_of(thread.fair.nice);
}

void FairQueue::part(Thread& thread) {
  thread.fair.queued = false;
  weight_ -= weight_of(thread.fair.nice);
  update_min_vruntime();
}

void FairQueue::insert(Thread& thread) {
  waiting_.insert(std::ranges::upper_bound(waiting_, &thread, behind), &thread);
}

void FairQueue::remove(Thread& thread) {
  const auto at = std::ranges::find(waiting_, &thread);
  SIM_CHECK(at != waiting_.end());
  waiting_.erase(at);
  if (skip_ == &thread) skip_ = nullptr;
  part(thread);
}

// Running

Thread& FairQueue::pick(sim::Time now) {
  SIM_CHECK(running_ == nullptr && !waiting_.empty());
  auto next = waiting_.begin();
  if (*next == skip_ && waiting_.size() > 1) {
    const sim::Duration ahead = waiting_[1]->fair.vruntime - skip_->fair.vruntime;
    if (ahead <= wakeup_granularity_for(*skip_)) ++next;
  }
  skip_ = nullptr;
  running_ = *next;
  waiting_.erase(next);
  charged_until_ = now;
  ran_ = sim::Duration{0};
  return *running_;
}

void FairQueue::adopt_running(Thread& thread, sim::Time now) {
  SIM_CHECK(running_ == nullptr);
  place(thread, Arrival::kMoved);
  join(thread);
  running_ = &thread;
  charged_until_ = now;
  ran_ = sim::Duration{0};
}

void FairQueue::stop(sim::Time now) {
  account(now);
  Thread& thread = *std::exchange(running_, nullptr);
  thread.fair.last_ran = now;
  part(thread);
}

void FairQueue::put_back(sim::Time now) {
  account(now);
  running_->fair.last_ran = now;
  insert(*std::exchange(running_, nullptr));
}

void FairQueue::yield(sim::Time now) {
  Thread* const thread = running_;
  put_back(now);
  skip_ = thread;
}

void FairQueue::set_nice(Thread& thread, int nice, sim::Time now) {
  account(now);
  weight_ += weight_of(nice) - weight_of(thread.fair.nice);
  thread.fair.nice = nice;
}

void FairQueue::account(sim::Time now) {
  if (running_ == nullptr || now <= charged_until_) return;
  const sim::Duration ran = now - std::exchange(charged_until_, now);
  ran_ += ran;
  running_->fair.vruntime += weighted(ran, weight_of(running_->fair.nice));
  update_min_vruntime();
}

/// It never falls, so that nobody gains by what happened while he was away.
void FairQueue::update_min_vruntime() {
  if (empty()) return;
  const Thread* least = running_;
  if (least == nullptr || (!waiting_.empty() && behind(waiting_.front(), least)))
    least = waiting_.front();
  min_vruntime_ = std::max(min_vruntime_, least->fair.vruntime);
}

// Whose turn it is

sim::Duration FairQueue::period(int threads) const {
  return std::max(params_.latency, threads * params_.min_granularity);
}

sim::Duration FairQueue::slice(const Thread& thread) const {
  const bool here = thread.fair.queued;
  const std::int64_t weight = weight_of(thread.fair.nice);
  const std::int64_t all = here ? weight_ : weight_ + weight;
  const sim::Duration whole = period(here ? load() : load() + 1);
  return sim::Duration{
      static_cast<std::int64_t>(sim::detail::Int128{whole.count()} * weight / all)};
}

bool FairQueue::slice_is_over() const {
  if (running_ == nullptr || waiting_.empty()) return false;
  const sim::Duration slice = this->slice(*running_);
  if (ran_ > slice) return true;
  if (ran_ < params_.min_granularity) return false;
  return running_->fair.vruntime - waiting_.front()->fair.vruntime > slice;
}

bool FairQueue::preempts(const Thread& woken) const {
  if (running_ == nullptr) return true;
  return running_->fair.vruntime - woken.fair.vruntime > wakeup_granularity_for(woken);
}

sim::Duration FairQueue::wakeup_granularity_for(const Thread& thread) const {
  return weighted(params_.wakeup_granularity, weight_of(thread.fair.nice));
}

}  // namespace scheduling
