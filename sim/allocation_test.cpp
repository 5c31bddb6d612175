// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <new>
#include <vector>

#include "sim/fiber.h"
#include "sim/mailbox.h"
#include "sim/process.h"
#include "sim/resource.h"
#include "sim/sanitizer.h"

namespace {
std::size_t allocations = 0;
}  // namespace

// Counts all allocations of this program, and otherwise does what the library's do.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace sim {
namespace {

Process echo(Simulation& sim, Mailbox<int>& in, Mailbox<int>& out) {
  for (;;) {
    const int message = co_await in.pop();
    co_await delay(sim, 1ns);
    out.push(message);
  }
}

Process short_lived(Simulation& sim) {
  co_await delay(sim, 1ns);
}

Process user(Simulation& sim, Resource& resource) {
  for (;;) {
    co_await resource.acquire();
    co_await delay(sim, 3ns);
    resource.release();
    const Process child = short_lived(sim);
    co_await delay(sim, 2ns);
  }
}

TEST(Allocation, HappensNoMoreOnceARunIsUnderWay) {
  if (kSanitized) GTEST_SKIP() << "pools stand back for the sanitizer";
  Simulation sim;
  Mailbox<int> there(sim);
  Mailbox<int> back(sim);
  Resource resource(sim, 1);
  const Process a = echo(sim, there, back);
  const Process b = echo(sim, back, there);
  const Process c = user(sim, resource);
  const Process d = user(sim, resource);

  std::unique_ptr<Fiber> fiber;
  fiber = std::make_unique<Fiber>(sim, [&] {
    for (;;) {
      fiber->sleep(1ns);
      sim.after(1ns, [&] { fiber->unpark(); });
      fiber->park_until(sim.now() + 5ns);
    }
  });
  Timer slice(sim, [&] { slice.arm(4ns); });
  slice.arm(4ns);
  Timer kick(sim, [&] { there.push(1); });
  kick.arm(0ns);

  sim.run_until(Time{1us});
  const std::size_t before = allocations;
  sim.run_until(Time{50us});
  EXPECT_EQ(allocations, before);
  EXPECT_GT(sim.events(), 50'000u);
}

}  // namespace
}  // namespace sim
