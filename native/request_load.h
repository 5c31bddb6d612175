// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "native/clock.h"
#include "native/kernel.h"
#include "native/work.h"
#include "workloads/request_stats.h"

namespace native {

/// A request that comes at an instant, whatever the system does, and needs so much work.
struct Request {
  Instant at{};
  Instant work{};
  int request_class = 0;
  workloads::RequestKind kind = workloads::RequestKind::kOnly;
};

/// The next request; none: there will be no more. Called by one thread.
using NextRequest = std::function<std::optional<Request>()>;

/// How often requests were carried out. Anything but once is a fault of ours.
struct Executions {
  std::int64_t once = 0;
  std::int64_t lost = 0;
  std::int64_t repeated = 0;
  std::int64_t given_up = 0;

  static void describe(auto&& stat) {
    stat(&Executions::once, "once", "requests that were carried out once");
    stat(&Executions::lost, "lost", "requests that came and were never carried out");
    stat(&Executions::repeated, "repeated", "requests that were carried out more than once");
    stat(&Executions::given_up, "given_up",
         "requests that were under way when it was asked to stop");
  }
};

struct LoadOptions {
  int threads = 64;
  Instant warm_up{};
  Instant length{};
};

/// An open load on a native host, as workloads/request_load.h is on a simulated one: a generator
/// takes the requests as they come, hands them to idle threads and wakes these; a thread handles
/// one, then waits for the next. A request that finds no idle thread waits until one is done.
class RequestLoad {
 public:
  RequestLoad(const LoadOptions& options, Kernel& kernel, Words table_memory,
              const wave::TablePlace& table, const Clock& clock, int queue);

  /// Threads enter the scheduling class.
  void enter_threads();
  /// The generator's program: all requests; then waits until those under way are done, for
  /// `patience` without any progress at most, and lets the threads end. Once `stop` is true no more
  /// come, and those under way are given up.
  void run(const NextRequest& next, const std::atomic<bool>& stop, Instant patience);
  /// Runs at the end of the warm-up, on the generator's thread.
  void at_warm_up(std::function<void()> f) { warm_up_is_over_ = std::move(f); }

  workloads::RequestStats stats() const;
  Executions executions() const;
  /// Requests that were under way when the last had come; after `run`.
  std::int64_t left() const { return left_; }
  /// Threads whose code has come to its end.
  int ended() const;

 private:
  struct Worker {
    Thread* thread = nullptr;
    std::optional<Request> request;
    std::size_t number = 0;  // of the request
    bool leaves = false;
    Work work;
  };
  struct Waiting {
    Request request;
    std::size_t number;
  };

  void be_worker(Worker& worker, Self& self);
  void handle(Worker& worker, Self& self);
  bool take_request(Worker& worker);
  bool finished(Worker& worker, Self& self);
  void arrived(const Request& request);
  void assign(int queue, int cpu, const Worker* self);
  void wait_for_the_rest(const std::atomic<bool>& stop, Instant patience);
  void give_up();
  void let_threads_end(Instant patience);
  std::int64_t under_way() const;
  std::int64_t progress() const;

  const LoadOptions options_;
  Kernel& kernel_;
  const Words memory_;
  const wave::TablePlace table_;
  const Clock clock_;
  const int queue_;  // of the generator
  const std::int64_t steps_per_us_ = Work::steps_per_us();
  std::function<void()> warm_up_is_over_;

  mutable std::mutex lock_;
  std::deque<Worker> workers_;
  std::deque<Worker*> idle_;
  std::deque<Waiting> waiting_;
  std::vector<std::uint8_t> carried_out_;  // how often, by number
  workloads::RequestStats stats_;
  std::int64_t left_ = 0;
  std::int64_t given_up_ = 0;
  int ended_ = 0;
  std::atomic<bool> gives_up_ = false;  // read without the lock too
};

}  // namespace native
