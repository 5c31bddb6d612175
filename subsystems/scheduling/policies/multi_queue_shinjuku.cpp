// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"

#include <algorithm>

namespace scheduling {

MultiQueueShinjuku::MultiQueueShinjuku(Instant slice, const std::vector<Instant>& slos)
    : slice_(slice) {
  for (const Instant slo : slos) classes_.push_back({.slo = slo});
}

void MultiQueueShinjuku::word(ThreadId id, std::uint64_t word) {
  thread(id).in_class =
      static_cast<std::size_t>(std::min<std::uint64_t>(word, classes_.size() - 1));
}

void MultiQueueShinjuku::runnable(ThreadId id, Why why, Instant now) {
  Thread& t = thread(id);
  if (why == Why::kWoken) t.arrived = now;
  std::deque<ThreadId>& waiting = classes_[t.in_class].waiting;
  if (why == Why::kRefused)
    waiting.push_front(id);
  else
    waiting.push_back(id);
}

void MultiQueueShinjuku::gone(ThreadId id) {
  std::erase(classes_[thread(id).in_class].waiting, id);
}

std::optional<ThreadId> MultiQueueShinjuku::pick(Cpu, Instant now) {
  Class* most = nullptr;
  for (Class& c : classes_)
    if (!c.waiting.empty() && (most == nullptr || urgency(c, now) > urgency(*most, now))) most = &c;
  if (most == nullptr) return std::nullopt;
  const ThreadId next = most->waiting.front();
  most->waiting.pop_front();
  return next;
}

double MultiQueueShinjuku::urgency(const Class& of, Instant now) const {
  const Thread& head = threads_[static_cast<std::size_t>(of.waiting.front())];
  return static_cast<double>((now - head.arrived).count()) / static_cast<double>(of.slo.count());
}

MultiQueueShinjuku::Thread& MultiQueueShinjuku::thread(ThreadId id) {
  const auto index = static_cast<std::size_t>(id);
  if (index >= threads_.size()) threads_.resize(index + 1);
  return threads_[index];
}

}  // namespace scheduling
