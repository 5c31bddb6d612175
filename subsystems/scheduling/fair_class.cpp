// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/fair_class.h"

#include <algorithm>
#include <vector>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using wave::scheduling::kNoCpu;

FairClass::FairClass(Kernel& kernel, const FairParams& params) : kernel_(kernel), params_(params) {}

bool FairClass::may_use(const Thread& thread, int cpu) const {
  return cpu >= 0 && cpu < kernel_.cpus() && thread.affinity[static_cast<std::size_t>(cpu)];
}

bool FairClass::share_cache(int a, int b) const {
  const core::Core& core = kernel_.cpu(a).core();
  const memory::Domain& domain = core.domain();
  return domain.transfer(core.index(), kernel_.cpu(b).core().index()) <=
         domain.params().shared_cache_within;
}

// Waking

int FairClass::cpu_for_woken(const Thread& thread, core::Core& by, int waker_cpu) {
  const int previous = thread.cpu;
  if (!may_use(thread, previous)) return cpu_for_new(thread);
  const bool drawn = may_use(thread, waker_cpu) && draws_to_waker(waker_cpu, previous);
  const int target = drawn ? waker_cpu : previous;
  if (kernel_.cpu(target).is_idle()) return target;
  const int idle = idle_cpu_near(target, thread, by);
  return idle != kNoCpu ? idle : target;
}

/// The waker is idle itself (it took an interrupt) and near, or clearly less loaded.
bool FairClass::draws_to_waker(int waker_cpu, int previous) {
  HostCpu& waker = kernel_.cpu(waker_cpu);
  if (waker.is_idle() && share_cache(waker_cpu, previous)) return true;
  constexpr int kBias = 108;  // per cent: half of a domain's imbalance_pct
  return (waker.fair().load() + 1) * 100 <= kernel_.cpu(previous).fair().load() * kBias;
}

int FairClass::idle_cpu_near(int target, const Thread& thread, core::Core& by) {
  const int cpus = kernel_.cpus();
  for (int step = 1; step < cpus; ++step) {
    const int cpu = (target + step) % cpus;
    if (!may_use(thread, cpu) || !share_cache(target, cpu)) continue;
    by.compute(params_.scan);
    by.look(kernel_.cpu(cpu).runqueue());
    if (kernel_.cpu(cpu).is_idle()) return cpu;
  }
  return kNoCpu;
}

int FairClass::cpu_for_new(const Thread& thread) {
  std::vector<int> belong(static_cast<std::size_t>(kernel_.cpus()));
  for (const Thread& other : kernel_.threads())
    if (other.is_fair() && other.state != Thread::State::kDead && other.cpu != kNoCpu)
      ++belong[static_cast<std::size_t>(other.cpu)];
  int best = kNoCpu;
  for (int cpu = 0; cpu < kernel_.cpus(); ++cpu) {
    if (!may_use(thread, cpu)) continue;
    if (best == kNoCpu ||
        belong[static_cast<std::size_t>(cpu)] < belong[static_cast<std::size_t>(best)])
      best = cpu;
  }
  SIM_CHECK(best != kNoCpu);
  return best;
}

// Balancing

bool FairClass::balance_newly_idle(HostCpu& cpu) {
  if (cpu.balance().usual_idle < params_.migration_cost) return false;
  for (const bool near : {true, false})
    if (HostCpu* from = busiest(cpu, near); from != nullptr && pull(*from, cpu)) return true;
  return false;
}

void FairClass::balance_at_tick(HostCpu& cpu) {
  FairBalance& balance = cpu.balance();
  const sim::Time now = cpu.core().now();
  if (cpu.fair().waiting() > 0) remind_idle_cpu(cpu);
  if (now < balance.next) return;
  balance.next = now + params_.balance_interval * (cpu.fair().empty() ? 1 : params_.busy_factor);
  for (const bool near : {true, false}) {
    HostCpu* from = busiest(cpu, near);
    if (from == nullptr) continue;
    balance.failed = pull(*from, cpu) ? 0 : balance.failed + 1;
    return;
  }
}

void FairClass::remind_idle_cpu(HostCpu& by) {
  for (int i = 0; i < kernel_.cpus(); ++i) {
    HostCpu& other = kernel_.cpu(i);
    if (!other.is_idle()) continue;
    by.core().spend(kernel_.params().interrupts.ipi_send);
    by.core().simulation().at(by.core().now() + kernel_.ipi_flight(by.core(), other.core()),
                              [&other] { other.interrupt(HostCpu::Interrupt::kBalance); });
    return;
  }
}

void FairClass::note_idle(HostCpu& cpu, sim::Duration spell) {
  sim::Duration& mean = cpu.balance().usual_idle;
  mean = std::min(mean + (spell - mean) / 8, 2 * params_.migration_cost);
}

/// The CPU, among those that share a cache with `cpu` or among the others, from which to take: it
/// has at least two threads more.
HostCpu* FairClass::busiest(HostCpu& cpu, bool near) {
  HostCpu* best = nullptr;
  int most = cpu.fair().load() + 1;
  for (int i = 0; i < kernel_.cpus(); ++i) {
    if (i == cpu.id() || share_cache(i, cpu.id()) != near) continue;
    HostCpu& other = kernel_.cpu(i);
    cpu.core().compute(params_.scan);
    cpu.core().look(other.runqueue());
    if (other.fair().load() <= most) continue;
    most = other.fair().load();
    best = &other;
  }
  return best;
}

bool FairClass::pull(HostCpu& from, HostCpu& to) {
  to.core().touch(from.runqueue(), kernel_.params().runqueue_lines);
  for (int i = 0; i < from.fair().waiting(); ++i) {
    Thread& thread = from.fair().waiting(i);
    if (!may_move(thread, to)) continue;
    from.fair().remove(thread);
    to.core().compute(2 * params_.enqueue);
    thread.cpu = to.id();
    to.take_over(thread);
    return true;
  }
  return false;
}

/// A thread that ran lately has its cache where it is; only who has failed often takes it anyway.
bool FairClass::may_move(const Thread& thread, const HostCpu& to) const {
  constexpr int kTries = 1;  // cache_nice_tries
  if (!may_use(thread, to.id())) return false;
  const bool has_run = thread.fair.last_ran != sim::Time{};
  const bool hot = has_run && to.core().now() - thread.fair.last_ran < params_.migration_cost;
  return !hot || to.balance().failed > kTries;
}

}  // namespace scheduling
