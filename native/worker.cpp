// SPDX-License-Identifier: Apache-2.0
#include "native/worker.h"

#include <utility>

#include "native/futex.h"

namespace native {
namespace {

/// The calls of a thread's own code. Who runs it may be another worker after each of them.
class ThreadCalls : public Self {
 public:
  explicit ThreadCalls(Thread& thread) : thread_(thread) {}

  void block() override { stop(Stop::kBlock); }
  void yield() override { stop(Stop::kYield); }
  void safepoint() override {
    if (thread_.worker->interrupted()) stop(Stop::kPreempted);
  }
  int cpu() const override { return thread_.worker->cpu(); }

 private:
  void stop(Stop why) {
    thread_.stop = why;
    thread_.context->suspend();
  }

  Thread& thread_;
};

}  // namespace

std::unique_ptr<Context> make_context(Thread& thread, std::function<void(Self&)> body) {
  return std::make_unique<Context>([&thread, body = std::move(body)] {
    ThreadCalls self(thread);
    body(self);
    thread.stop = Stop::kExit;
  });
}

void Worker::run() {
  while (!kernel_.stopping(cpu_)) {
    if (Thread* const next = kernel_.pick_next(cpu_))
      run_thread(*next);
    else
      idle();
  }
}

/// Until it loses its CPU or gives it away.
void Worker::run_thread(Thread& thread) {
  do {
    const Instant begin = clock_.now();
    thread.worker = this;
    thread.context->resume();
    kernel_.ran(cpu_, clock_.now() - begin);
  } while (thread.stop != Stop::kPreempted && !kernel_.stopped(cpu_, thread.stop));
}

void Worker::idle() {
  const Instant since = clock_.now();
  while (!interrupts_.pending() && clock_.now() - since < spin_) relax();
  interrupts_.sleep();
  kernel_.idled(cpu_, clock_.now() - since);
  kernel_.take_interrupts(cpu_);
}

}  // namespace native
