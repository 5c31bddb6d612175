// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "sim/describe.h"
#include "subsystems/scheduling/kernel.h"
#include "subsystems/wave/shared_table.h"
#include "workloads/arrival_params.h"
#include "workloads/arrivals.h"
#include "workloads/request_stats.h"
#include "workloads/service_params.h"
#include "workloads/service_times.h"

namespace workloads {

/// A server like ghOSt's RocksDB load: generators on CPUs of their own take the requests as they
/// come, hand them to idle worker threads and wake these; a worker handles one, then waits for the
/// next.
struct RequestLoadParams {
  int threads = 200;
  int generators = 4;
  sim::Duration assign = std::chrono::nanoseconds{60};
  int request_lines = 2;
  int user_lines = 24;
  sim::Duration finish = std::chrono::nanoseconds{250};
  ArrivalParams arrivals;
  ServiceParams service;

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = RequestLoadParams;
    field(&P::threads, "threads", "worker threads",
          sim::published("ghOSt paper's RocksDB run: 200 threads"), sim::Range{16, 1000});
    field(&P::generators, "generators", "load generators, each on a CPU outside the enclave",
          sim::chosen("enough that the generators are never what limits a run"), sim::Range{1, 16});
    field(&P::assign, "assign",
          "a generator's work to give a request to a worker, before it wakes it",
          sim::assumed("take it from the list, store a pointer"), sim::Range{30ns, 200ns});
    field(&P::request_lines, "request_lines",
          "cache lines of a request that its worker fetches from the generator",
          sim::assumed("descriptor and key"), sim::Range{1, 8});
    field(&P::user_lines, "user_lines",
          "cache lines of a thread's own state that follow it to another core: stack, thread-local "
          "storage, allocator, the database's per-thread data",
          sim::assumed("a few frames of stack and as much again of heap"), sim::Range{8, 64});
    field(&P::finish, "finish",
          "a worker's work beside the request: two clock readings, its record",
          sim::assumed("ghOSt's RocksDB load keeps both times of every request"),
          sim::Range{100ns, 600ns});
    field(&P::arrivals, "arrivals", "when requests come");
    field(&P::service, "service", "how long they take");
  }
};

/// The load on a simulated host: its generators, its worker threads, and what became of requests.
class RequestLoad {
 public:
  /// Where a generator runs, and the queue for the messages that its wake-ups send.
  struct Station {
    core::Core* core;
    wave::Producer* messages;
    int cpu;
  };

  /// Requests take `service`, which must outlive it, whatever the params say. With a table, a
  /// generator writes a request's class into its worker's word before it wakes it.
  RequestLoad(const RequestLoadParams& params, const ServiceTimes& service,
              scheduling::Kernel& kernel, const std::vector<Station>& stations, std::uint64_t seed,
              wave::TableWriter* classes = nullptr);
  ~RequestLoad();

  /// Threads enter the scheduling class, then requests begin to come.
  void start();

  const RequestStats& stats() const { return stats_; }
  const RequestLoadParams& params() const { return params_; }
  Census census() const { return census(sim::Time::max()); }
  /// Of those that came before an instant.
  Census census(sim::Time before) const;

 private:
  class Worker;
  /// An arrival, and what it turns out to need.
  struct Request {
    Arrival arrival;
    sim::Duration work;
    bool is_long;
  };
  struct Generator {
    Station station;
    std::deque<Request> waiting;
    std::deque<Worker*> idle;
    std::optional<Arrival> next;
  };

  void generate(Generator& generator);
  void wait_for_something(Generator& generator);
  void arrived(Generator& generator, const Arrival& arrival);
  void assign(Generator& generator);
  void finished(Worker& worker, sim::Time when);
  RequestKind kind_of(const Request& request) const;

  const RequestLoadParams params_;
  scheduling::Kernel& kernel_;
  std::unique_ptr<Arrivals> arrivals_;
  const ServiceTimes& service_;
  wave::TableWriter* const classes_;
  std::deque<Generator> generators_;
  std::deque<Worker> workers_;
  RequestStats stats_;
};

}  // namespace workloads
