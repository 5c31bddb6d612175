// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

/// Shinjuku with a queue for each class of requests (NSDI 2019, multi-queue policy): the next
/// thread is the head whose waiting time is the largest part of its class's SLO. A thread that lost
/// its CPU goes to the tail of its class, and has waited since it woke up: the time for which it
/// ran counts.
///
/// The class is what the application has written into the thread's word; a class without an SLO is
/// taken for the last one.
class MultiQueueShinjuku : public Policy {
 public:
  MultiQueueShinjuku(Instant slice, const std::vector<Instant>& slos);

  bool reads_words() const override { return true; }
  void word(ThreadId thread, std::uint64_t word) override;
  void runnable(ThreadId thread, Why why, Instant now) override;
  void gone(ThreadId thread) override;
  std::optional<ThreadId> pick(Cpu cpu, Instant now) override;
  std::optional<Instant> slice() const override { return slice_; }

 private:
  struct Class {
    Instant slo;
    std::deque<ThreadId> waiting = {};
  };
  struct Thread {
    std::size_t in_class = 0;
    Instant arrived{};
  };

  Thread& thread(ThreadId id);
  double urgency(const Class& of, Instant now) const;

  const Instant slice_;
  std::vector<Class> classes_;
  std::vector<Thread> threads_;
};

}  // namespace scheduling
