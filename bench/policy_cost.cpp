// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/policy/loaded_policy.h"
#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/shinjuku.h"

// What a basic block of the shipped policies takes on this machine: the same calls are timed in the
// policies that are linked in, and counted in the libraries that count. Prints a table. Of each
// time the least of many short rounds counts, which others on the machine disturb least.
//
//   build/release/bench/bench_policy_cost <folder of the libraries>
namespace {

using scheduling::Policy;
using scheduling::ThreadId;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kCalls = 20'000;  // of each kind, in a round
constexpr int kRounds = 301;

template <class Round>
double least_ns(Round round) {
  double least = 1e300;
  for (int i = 0; i < kRounds; ++i) {
    const auto begin = Clock::now();
    round();
    least = std::min(least, std::chrono::duration<double, std::nano>(Clock::now() - begin).count());
  }
  return least;
}

/// A chain of additions takes a cycle each, on any core of these.
double clock_ghz() {
  constexpr int kAdditions = 100'000;
  return kAdditions / least_ns([] {
           std::uint64_t sum = 0;
           for (int i = 0; i < kAdditions; i += 4)
#if defined(__x86_64__)
             asm volatile("add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0" : "+r"(sum));
#elif defined(__aarch64__)
             asm volatile("add %0, %0, 1\n add %0, %0, 1\n add %0, %0, 1\n add %0, %0, 1"
                          : "+r"(sum));
#else
#error "write a chain of additions for this machine"
#endif
         });
}

/// As in a run: `waiting` threads wait; one leaves, works and comes back, as many of each class.
void exercise(Policy& policy, int waiting) {
  for (ThreadId thread = 0; thread < waiting; ++thread) {
    policy.word(thread, static_cast<std::uint64_t>(thread % 2));
    policy.runnable(thread, Policy::Why::kWoken, scheduling::Instant{thread});
  }
  scheduling::Instant now = 1us;
  for (int i = 0; i < kCalls; ++i) {
    now += 1us;
    const auto next = policy.pick(i % 16, now);
    if (next)
      policy.runnable(*next, i % 4 == 0 ? Policy::Why::kPreempted : Policy::Why::kWoken, now);
  }
  for (ThreadId thread = 0; thread < waiting; ++thread) policy.pick(0, now);
}

struct Subject {
  const char* name;
  std::unique_ptr<Policy> (*make)();
};

const std::array kSubjects{
    Subject{"fifo",
            []() -> std::unique_ptr<Policy> { return std::make_unique<scheduling::Fifo>(); }},
    Subject{
        "shinjuku",
        []() -> std::unique_ptr<Policy> { return std::make_unique<scheduling::Shinjuku>(30us); }},
    Subject{"multi_queue_shinjuku", []() -> std::unique_ptr<Policy> {
              return std::make_unique<scheduling::MultiQueueShinjuku>(
                  30us, std::vector<scheduling::Instant>{100us, 100ms});
            }}};

double blocks_of(const std::string& file, int waiting) {
  const auto library = experiments::PolicyLibrary::open(file);
  experiments::LoadedPolicy policy(library, {});
  const std::uint64_t before = library->module().blocks();
  exercise(policy, waiting);
  return static_cast<double>(library->module().blocks() - before) / kCalls;
}

}  // namespace

int main(int, char** argv) {
  const std::string folder = argv[1] != nullptr ? argv[1] : "build/release/policies";
  const double ghz = clock_ghz();
  std::printf("Core clock: %.2f GHz\n\n", ghz);
  std::printf("| policy | waiting | blocks | ns | cycles | cycles a block |\n");
  std::printf("| --- | --- | --- | --- | --- | --- |\n");
  for (const Subject& subject : kSubjects) {
    for (const int waiting : {1, 16, 256}) {
      const double blocks = blocks_of(folder + "/" + subject.name + ".so", waiting);
      const std::unique_ptr<Policy> policy = subject.make();
      const double ns = least_ns([&] { exercise(*policy, waiting); }) / kCalls;
      std::printf("| %s | %d | %.1f | %.1f | %.1f | %.2f |\n", subject.name, waiting, blocks, ns,
                  ns * ghz, ns * ghz / blocks);
    }
  }
}
