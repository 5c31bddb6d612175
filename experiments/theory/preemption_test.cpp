// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <deque>
#include <memory>
#include <optional>

#include "experiments/theory/bench.h"
#include "experiments/theory/formulas.h"
#include "experiments/theory/transforms.h"
#include "subsystems/scheduling/policies/described_agent.h"
#include "subsystems/scheduling/syscall_notifier.h"
#include "subsystems/scheduling/test_bench.h"
#include "subsystems/wave/agent_process.h"
#include "workloads/arrivals.h"
#include "workloads/service_times.h"

// Two classes of requests, the first of which interrupts the second: no policy does that, but
// Linux's fair class takes the CPU of a thread that an agent has scheduled.

namespace experiments::theory {
namespace {

/// Requests of one class, and the one thread that serves them in their order.
class OneClass : public scheduling::ThreadBody {
 public:
  /// Classes need seeds of their own.
  OneClass(double load, sim::Duration service, std::uint64_t seed)
      : arrivals_(
            workloads::make_arrivals({.rate = sim::Rate{load / sim::to_seconds(service)}}, seed)),
        services_(workloads::make_service_times(
            {.kind = workloads::ServiceKind::kExponential, .mean = service}, seed)),
        next_(*arrivals_->next()) {}

  scheduling::Step next(core::Core& cpu) override {
    if (serving_) {
      stays_.record(cpu.now() - waiting_.front().at);
      waiting_.pop_front();
    }
    serving_ = !waiting_.empty();
    sleeps_ = !serving_;
    if (sleeps_) return {.kind = scheduling::Step::Kind::kBlock};
    return {.kind = scheduling::Step::Kind::kRun,
            .work = services_->draw(waiting_.front().request)};
  }

  sim::Time next_arrival() const { return next_.at; }
  /// Whether its thread has to be woken.
  bool arrives() {
    waiting_.push_back(next_);
    next_ = *arrivals_->next();
    return std::exchange(sleeps_, false);
  }
  double mean_stay() const { return sim::to_seconds(*stays_.mean()); }
  double p99_stay() const { return p99(stays_); }

 private:
  std::unique_ptr<workloads::Arrivals> arrivals_;
  std::unique_ptr<workloads::ServiceTimes> services_;
  workloads::Arrival next_;
  std::deque<workloads::Arrival> waiting_;  // with the one in service
  bool serving_ = false;
  bool sleeps_ = true;
  sim::Histogram stays_;
};

constexpr sim::Duration kFirstService = 50us;
constexpr sim::Duration kSecondService = 200us;
constexpr double kLoadOfEach = 0.3;

/// One CPU with a thread of the fair class and one that an agent schedules, on a core of its own,
/// first come first served. A third core says when requests come.
struct TwoClasses : scheduling::bench::Bench {
  TwoClasses(sim::Duration first_service, std::uint64_t seed)
      : Bench(free_kernel(), {.ticks = scheduling::Ticks::kNever}, 0ns),
        first(kLoadOfEach * sim::to_seconds(first_service) / sim::to_seconds(kFirstService),
              first_service, 2 * seed),
        second(kLoadOfEach, kSecondService, 2 * seed + 1) {
    wave::AgentMemory memory;
    for (int c = 0; c < kCores; ++c) memory.queues.push_back(queue(c));
    memory.slots.push_back(slot(0));
    agent.emplace(wave::AgentParts{.core = core(kAgent),
                                   .mapping = mapping,
                                   .notifier = notifier,
                                   .costs = costs,
                                   .memory = memory,
                                   .program = scheduling::make_agent(on_host())});
    agent->start();
    // As a keeper does: queues from their beginning, and CPUs that say that they wait.
    on(kWaker, [this](core::Core& by) {
      for (int c = 0; c < kCores; ++c) producers[std::size_t(c)].move_to(queue(c));
      readers[0].move_to(slot(0), by);
      kernel.attach_agent(by);
    });
    first_thread = &enter_fair(first, 0, false);
    second_thread = &enter(second, false);
  }

  static scheduling::DescribedAgent on_host() {
    return {.options = {.commit_flags = wave::scheduling::kCommitAtTxnCommit}};
  }
  static scheduling::KernelParams free_kernel() {
    scheduling::KernelParams k = bench::free_of_charge().linux_kernel;
    k.fair.enqueue = k.fair.scan = 0ns;
    return k;
  }

  void run(sim::Duration length) {
    core(kWaker).start([this] { generate(core(kWaker)); });
    pass(length);
  }
  void generate(core::Core& by) {
    for (;;) {
      const bool is_first = first.next_arrival() < second.next_arrival();
      OneClass& one = is_first ? first : second;
      by.sleep_until(one.next_arrival());
      if (!one.arrives()) continue;
      kernel.wake(is_first ? *first_thread : *second_thread, by, producers[kWaker], kWaker);
      by.sync();
    }
  }

  OneClass first, second;
  scheduling::SyscallNotifier notifier{kernel};
  wave::AgentCosts costs{.poll = 1ns, .handle_message = 0ns, .handle_outcome = 0ns, .decide = 0ns};
  scheduling::Thread* first_thread = nullptr;
  scheduling::Thread* second_thread = nullptr;
  std::optional<wave::AgentProcess> agent;
};

struct Stays {
  sim::Estimate first, first_p99;
  sim::Estimate second, second_p99;
};

Stays stays_of_two_classes(sim::Duration first_service = kFirstService) {
  sim::Replications first, first_p99, second, second_p99;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    TwoClasses server(first_service, seed);
    server.run(std::chrono::round<sim::Duration>(60s / kShorter));
    first.add(seed, server.first.mean_stay());
    first_p99.add(seed, server.first.p99_stay());
    second.add(seed, server.second.mean_stay());
    second_p99.add(seed, server.second.p99_stay());
  }
  return {.first = first.estimate(0.99),
          .first_p99 = first_p99.estimate(0.99),
          .second = second.estimate(0.99),
          .second_p99 = second_p99.estimate(0.99)};
}

PriorityClass exponential_class(sim::Duration service) {
  const double s = sim::to_seconds(service);
  return {.rate = kLoadOfEach / s, .mean = s, .mean_square = 2 * s * s};
}

Stream exponential_stream(sim::Duration service) {
  const double s = sim::to_seconds(service);
  return {.rate = kLoadOfEach / s, .mean_service = s, .service = exponential_time(s)};
}

TEST(Theory, FairClassInterruptsWhatAnAgentSchedules) {
  const PriorityClass first = exponential_class(kFirstService);
  const PriorityClass second = exponential_class(kSecondService);
  const Stays found = stays_of_two_classes();
  expect_theory(found.first, preempting_stay(first));
  expect_theory(found.first_p99, MMk(1, kLoadOfEach, first.mean).p99());
  expect_theory(found.second, preempted_stay(first, second));
  const Transform drawn_out_stay = stay_of_preempted_class(exponential_stream(kFirstService),
                                                           exponential_stream(kSecondService));
  expect_theory(found.second_p99, p99(drawn_out_stay, 1));
  EXPECT_LT(found.first.high(), 0.5 * first_class_stay(first, second)) << "as without preemption";
}

// Interrupting services that are a twentieth too long make the first class's stays 7.3 % longer and
// the second's 5.2 %.
TEST(Theory, FindsThatInterruptionsAreATwentiethTooLong) {
  if (kShorter > 1) GTEST_SKIP() << "too short for it";
  const PriorityClass first = exponential_class(kFirstService);
  const Stays found = stays_of_two_classes(52'500ns);
  EXPECT_FALSE(found.first.contains(preempting_stay(first)));
  EXPECT_FALSE(found.second.contains(preempted_stay(first, exponential_class(kSecondService))));
}

}  // namespace
}  // namespace experiments::theory
