// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/vm.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using Order = VmPolicy::Order;
constexpr ThreadId kNobody = VmPolicy::kNobody;

/// Two cores of two CPUs. Threads 0 to 3 are vCPUs of VM 0, threads 4 to 7 of VM 1.
struct VmBench {
  static constexpr Instant kSlice = 5ms;

  void runnable(ThreadId from, ThreadId to) {
    for (ThreadId vcpu = from; vcpu <= to; ++vcpu) policy.runnable(vcpu);
  }
  std::optional<Order> next() { return policy.next(now); }
  /// Carries out all orders at once; says whom each CPU was given.
  void settle() {
    while (const auto order = next()) finish(*order);
  }
  void finish(const Order& order) {
    ThreadId& on = running[static_cast<std::size_t>(order.cpu)];
    policy.taken(order.cpu, now);
    const ThreadId before = on;
    on = order.vcpu;
    if (before == kNobody) return;
    policy.left(before, order.cpu);
    policy.runnable(before);
  }

  VmPolicy policy{4, {.vms = 2, .vm_of = {0, 0, 0, 0, 1, 1, 1, 1}, .slice = kSlice}};
  std::vector<ThreadId> running = std::vector<ThreadId>(4, kNobody);
  Instant now{};
};

/// VM 0 has both cores, and nobody waits.
struct FullVmBench : VmBench {
  FullVmBench() {
    runnable(0, 3);
    settle();
  }
};

void expect_order(const std::optional<Order>& order, Cpu cpu, ThreadId vcpu) {
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(order->cpu, cpu);
  EXPECT_EQ(order->vcpu, vcpu);
}

TEST(VmPolicy, GivesEachVcpuACoreOfItsOwnBeforeItSharesOne) {
  VmBench bench;
  bench.runnable(0, 3);
  expect_order(bench.next(), 0, 0);
  expect_order(bench.next(), 2, 1);
  expect_order(bench.next(), 1, 2);
  expect_order(bench.next(), 3, 3);
  EXPECT_FALSE(bench.next());
}

TEST(VmPolicy, LetsNoSecondVmOntoACoreThatIsHalfFree) {
  VmBench bench;
  bench.runnable(0, 0);
  bench.runnable(4, 6);
  bench.settle();
  EXPECT_EQ(bench.running, (std::vector<ThreadId>{0, kNobody, 4, 5})) << "vCPU 6 waits";
}

TEST(VmPolicy, ServesVmsInTurnWhileCoresAreFree) {
  VmBench bench;
  bench.runnable(0, 3);
  bench.runnable(4, 7);
  bench.settle();
  EXPECT_EQ(bench.running, (std::vector<ThreadId>{0, 1, 4, 5}));
}

TEST(VmPolicy, TakesNothingAwayBeforeTheSliceIsOver) {
  FullVmBench bench;
  bench.runnable(4, 4);
  bench.now = VmBench::kSlice - Instant{1};
  EXPECT_FALSE(bench.next());
  EXPECT_EQ(bench.policy.ask_again(bench.now), VmBench::kSlice);
  bench.now = VmBench::kSlice;
  expect_order(bench.next(), 0, kNobody);
}

TEST(VmPolicy, HandsACoreOverOnlyWhenBothOfItsCpusAreKnownToBeEmpty) {
  FullVmBench bench;
  bench.runnable(4, 5);
  bench.now = VmBench::kSlice;
  expect_order(bench.next(), 0, kNobody);
  expect_order(bench.next(), 1, kNobody);
  EXPECT_FALSE(bench.next());
  bench.policy.taken(0, bench.now);
  bench.policy.taken(1, bench.now);
  EXPECT_FALSE(bench.next()) << "both have agreed to let go";
  bench.policy.left(0, 0);
  EXPECT_FALSE(bench.next()) << "one has";
  bench.policy.left(2, 1);
  expect_order(bench.next(), 0, 4);
  bench.policy.taken(0, bench.now);
  expect_order(bench.next(), 1, 5);
}

TEST(VmPolicy, LetsTheOldVmBackInOnlyAfterTheNewOnesSlice) {
  FullVmBench bench;
  bench.runnable(4, 7);
  bench.now = VmBench::kSlice;
  bench.settle();
  EXPECT_EQ(bench.running, (std::vector<ThreadId>{4, 5, 6, 7}));
  bench.now += VmBench::kSlice - Instant{1};
  bench.settle();
  EXPECT_EQ(bench.running, (std::vector<ThreadId>{4, 5, 6, 7}));
  bench.now += Instant{1};
  bench.settle();
  EXPECT_EQ(bench.running, (std::vector<ThreadId>{1, 3, 0, 2}));
}

TEST(VmPolicy, AfterAnotherAgentLetsNobodyOntoACoreBeforeStrangersHaveLeft) {
  VmPolicy policy(2, {.vms = 1, .vm_of = {0, 0}, .slice = 5ms, .takes_over = true});
  policy.runnable(0);
  EXPECT_FALSE(policy.next(5ms)) << "nothing has been heard of the CPUs";
  policy.spoke(0, true);
  policy.spoke(1, false);
  expect_order(policy.next(5ms), 1, VmPolicy::kNobody);
  policy.taken(1, 5ms);
  EXPECT_FALSE(policy.next(10ms - Instant{1}));
  expect_order(policy.next(10ms), 1, VmPolicy::kNobody);  // it may have been told too early
  policy.taken(1, 10ms);
  EXPECT_FALSE(policy.left(1, 1)) << "who was not known to be there";
  expect_order(policy.next(11ms), 0, 0);
  EXPECT_TRUE(policy.left(0, 0));
}

TEST(VmPolicy, EmptiesNoMoreCoresThanTheWaitingVcpusFill) {
  FullVmBench bench;
  bench.runnable(4, 5);
  bench.now = VmBench::kSlice;
  bench.settle();
  EXPECT_EQ(bench.running, (std::vector<ThreadId>{4, 5, 0, 2})) << "1 and 3 wait for the rest";
}

TEST(VmPolicy, RotatesAVmsOwnVcpusWithoutEmptyingTheCore) {
  VmPolicy policy(2, {.vms = 1, .vm_of = {0, 0, 0}, .slice = 5ms});
  for (const ThreadId vcpu : {0, 1, 2}) policy.runnable(vcpu);
  expect_order(policy.next(0ms), 0, 0);
  policy.taken(0, 0ms);
  expect_order(policy.next(1ms), 1, 1);
  policy.taken(1, 1ms);
  EXPECT_FALSE(policy.next(5ms - Instant{1}));
  EXPECT_EQ(policy.ask_again(1ms), 5ms);
  expect_order(policy.next(5ms), 0, 2);
  EXPECT_FALSE(policy.next(6ms)) << "nobody waits until vCPU 0 is known to have left";
  policy.taken(0, 5ms);
  policy.left(0, 0);
  policy.runnable(0);
  expect_order(policy.next(6ms), 1, 0);
}

TEST(VmPolicy, PutsAVcpuWhoseOrderWasRefusedAtTheHeadAndTheOldOneKeepsTheCpu) {
  VmPolicy policy(2, {.vms = 1, .vm_of = {0, 0, 0, 0}, .slice = 5ms});
  for (const ThreadId vcpu : {0, 1, 2, 3}) policy.runnable(vcpu);
  for (const Cpu cpu : {0, 1}) {
    expect_order(policy.next(0ms), cpu, cpu);
    policy.taken(cpu, 0ms);
  }
  expect_order(policy.next(5ms), 0, 2);
  policy.refused(0, true);
  expect_order(policy.next(5ms), 0, 2);
  policy.refused(0, false);  // it has gone away
  expect_order(policy.next(5ms), 0, 3);
  policy.taken(0, 5ms);
  policy.left(0, 0);  // the one that had the CPU all the time
  EXPECT_FALSE(policy.next(5ms));
  policy.runnable(0);
  expect_order(policy.next(5ms), 1, 0);
}

TEST(VmPolicy, ForgetsAWaitingVcpuThatWentAway) {
  VmBench bench;
  bench.runnable(0, 0);
  bench.policy.gone(0);
  EXPECT_FALSE(bench.next());
}

TEST(VmPolicy, NeedNotBeAskedAgainWhileNobodyWaits) {
  FullVmBench bench;
  EXPECT_EQ(bench.policy.ask_again(bench.now), wave::kNever);
}

/// A host that answers, refuses and is late as it likes, and what it knows of its vCPUs.
class WaywardHost {
 public:
  explicit WaywardHost(unsigned seed) : random_(seed) {}

  void step() {
    now_ += Instant{static_cast<std::int64_t>(random_() % 400'000'000)};
    const auto cpu = static_cast<Cpu>(random_() % kCpus);
    switch (random_() % 4) {
      case 0:
        return wake(static_cast<ThreadId>(random_() % kVcpus));
      case 1:
        return answer(cpu);
      case 2:
        return report(cpu);
      case 3:
        return halt(cpu);
    }
  }

  /// What the agent wants now; false if it wants something of a CPU that has yet to answer.
  bool take_orders() {
    while (const auto order = policy_.next(now_)) {
      HostCpu& target = at(order->cpu);
      if (target.unanswered) return false;
      target.unanswered = order->vcpu;
      handed_over_ += order->vcpu == kNobody ? 1 : 0;
    }
    return true;
  }

  int handed_over() const { return handed_over_; }
  static VmId vm_of(ThreadId vcpu) { return vcpu % kVms; }
  /// Who runs on a core of two CPUs, or may by now.
  std::vector<ThreadId> on_core(int core) {
    std::vector<ThreadId> there;
    for (const int cpu : {2 * core, 2 * core + 1}) {
      const HostCpu& c = at(cpu);
      if (c.running != kNobody) there.push_back(c.running);
      if (c.unanswered && *c.unanswered != kNobody) there.push_back(*c.unanswered);
    }
    return there;
  }

  static constexpr int kCpus = 8;
  static constexpr int kVcpus = 15;
  static constexpr int kVms = 3;

 private:
  struct HostCpu {
    ThreadId running = kNobody;
    std::vector<ThreadId> to_report = {};     // have left, the agent does not know
    std::optional<ThreadId> unanswered = {};  // an order that has been acted on or not
  };

  void wake(ThreadId vcpu) {
    if (!blocked_[static_cast<std::size_t>(vcpu)]) return;
    blocked_[static_cast<std::size_t>(vcpu)] = false;
    policy_.runnable(vcpu);
  }

  void answer(Cpu cpu) {
    HostCpu& c = at(cpu);
    if (!c.unanswered) return;
    if (random_() % 8 == 0) {
      policy_.refused(cpu, true);
    } else {
      if (c.running != kNobody) c.to_report.push_back(c.running);
      c.running = *c.unanswered;
      policy_.taken(cpu, now_);
    }
    c.unanswered.reset();
  }

  /// A message arrives.
  void report(Cpu cpu) {
    HostCpu& c = at(cpu);
    if (c.to_report.empty()) return;
    policy_.left(c.to_report.front(), cpu);
    policy_.runnable(c.to_report.front());
    c.to_report.erase(c.to_report.begin());
  }

  void halt(Cpu cpu) {
    HostCpu& c = at(cpu);
    if (c.running == kNobody || random_() % 4 != 0 || !c.to_report.empty()) return;
    blocked_[static_cast<std::size_t>(c.running)] = true;
    policy_.left(std::exchange(c.running, kNobody), cpu);
  }

  static std::vector<VmId> vms() {
    std::vector<VmId> all;
    for (ThreadId v = 0; v < kVcpus; ++v) all.push_back(vm_of(v));
    return all;
  }
  HostCpu& at(Cpu cpu) { return cpus_[static_cast<std::size_t>(cpu)]; }

  std::mt19937 random_;
  VmPolicy policy_{kCpus, {.vms = kVms, .vm_of = vms(), .slice = 5ms}};
  std::vector<HostCpu> cpus_ = std::vector<HostCpu>(kCpus);
  std::vector<bool> blocked_ = std::vector<bool>(kVcpus, true);
  Instant now_{};
  int handed_over_ = 0;
};

/// Whoever may be running on a core is of one VM, and a vCPU is in one place.
void expect_one_vm_on_each_core(WaywardHost& host) {
  std::vector<int> places(WaywardHost::kVcpus);
  for (int core = 0; core < WaywardHost::kCpus / 2; ++core) {
    const std::vector<ThreadId> there = host.on_core(core);
    for (const ThreadId v : there) {
      ASSERT_EQ(++places[static_cast<std::size_t>(v)], 1);
      ASSERT_EQ(host.vm_of(v), host.vm_of(there.front()));
    }
  }
}

TEST(VmPolicy, NeverHasTwoVmsOnACoreWhateverTheHostDoes) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    WaywardHost host(seed);
    for (int step = 0; step < 2000; ++step) {
      host.step();
      ASSERT_TRUE(host.take_orders()) << "seed " << seed << ", step " << step;
      ASSERT_NO_FATAL_FAILURE(expect_one_vm_on_each_core(host))
          << "seed " << seed << ", step " << step;
    }
    EXPECT_GT(host.handed_over(), 0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace scheduling
