// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/vm.h"

#include <algorithm>
#include <utility>

namespace scheduling {

VmPolicy::VmPolicy(int cpus, VmPolicyOptions options)
    : options_(std::move(options)),
      cpus_(static_cast<std::size_t>(cpus)),
      cores_(static_cast<std::size_t>(cpus / options_.threads_per_core)),
      waiting_(static_cast<std::size_t>(options_.vms)) {
  for (VmId vm = 0; vm < options_.vms; ++vm) turn_.push_back(vm);
  if (!options_.takes_over) return;
  for (CpuEntry& c : cpus_) {
    c.vcpu = kStranger;
    c.silent = true;
  }
}

// What happened

void VmPolicy::runnable(ThreadId vcpu) {
  waiting(vm_of(vcpu)).push_back(vcpu);
}

void VmPolicy::gone(ThreadId vcpu) {
  std::erase(waiting(vm_of(vcpu)), vcpu);
}

void VmPolicy::taken(Cpu cpu, Instant now) {
  entry(cpu).ordered = false;
  entry(cpu).since = now;
}

void VmPolicy::refused(Cpu cpu, bool still_wants_it) {
  CpuEntry& c = entry(cpu);
  c.ordered = false;
  const ThreadId refused = std::exchange(c.vcpu, std::exchange(c.leaving, kNobody));
  if (refused != kNobody && still_wants_it) waiting(vm_of(refused)).push_front(refused);
}

bool VmPolicy::left(ThreadId vcpu, Cpu cpu) {
  CpuEntry& c = entry(cpu);
  for (ThreadId* const there : {&c.leaving, &c.vcpu})
    if (*there == vcpu || *there == kStranger) return std::exchange(*there, kNobody) == vcpu;
  return false;
}

void VmPolicy::spoke(Cpu cpu, bool idle) {
  CpuEntry& c = entry(cpu);
  c.silent = false;
  if (!idle) return;
  for (ThreadId* const there : {&c.leaving, &c.vcpu})
    if (*there == kStranger) *there = kNobody;
}

// What to do

std::optional<VmPolicy::Order> VmPolicy::next(Instant now) {
  for (int c = 0; c < cores(); ++c)
    if (core(c).promised_to != kNoVm)
      if (const auto order = empty_or_hand_over(c, now)) return order;
  for (std::size_t i = 0; i < turn_.size(); ++i) {
    const VmId vm = turn_[i];
    const auto order = serve(vm, now);
    if (!order) continue;
    turn_.erase(turn_.begin() + static_cast<std::ptrdiff_t>(i));
    turn_.push_back(vm);
    return order;
  }
  return std::nullopt;
}

/// The VM whose vCPUs may be running on a core.
VmId VmPolicy::vm_on(int core) const {
  for (Cpu cpu = first_cpu(core); cpu < end_cpu(core); ++cpu) {
    const CpuEntry& c = entry(cpu);
    if (c.vcpu != kNobody) return vm_of(c.vcpu);
    if (c.leaving != kNobody) return vm_of(c.leaving);
  }
  return kNoVm;
}

/// A core that has been promised loses its vCPUs one by one; once nobody can be running there any
/// more, the VM that waits for it is let in.
std::optional<VmPolicy::Order> VmPolicy::empty_or_hand_over(int number, Instant now) {
  bool is_free = true;
  for (Cpu cpu = first_cpu(number); cpu < end_cpu(number); ++cpu) {
    if (must_be_emptied(entry(cpu), now)) return empty(cpu);
    is_free = is_free && entry(cpu).free();
  }
  if (!is_free) return std::nullopt;
  const VmId vm = std::exchange(core(number).promised_to, kNoVm);
  if (waiting(vm).empty()) return std::nullopt;
  return give(first_cpu(number), vm, now);
}

/// A stranger may have been told while another class had it, and stay: then it is told again.
bool VmPolicy::must_be_emptied(const CpuEntry& c, Instant now) const {
  return c.steady() || (c.leaving == kStranger && c.answered() && over(c.since, now));
}

std::optional<VmPolicy::Order> VmPolicy::serve(VmId vm, Instant now) {
  if (waiting(vm).empty()) return std::nullopt;
  if (const auto cpu = free_cpu(vm)) return give(*cpu, vm, now);
  return take_turn(vm, now);
}

/// On a core that nobody is on, else on one that the VM has already.
std::optional<Cpu> VmPolicy::free_cpu(VmId vm) const {
  std::optional<Cpu> beside;
  for (int c = 0; c < cores(); ++c) {
    if (core(c).promised_to != kNoVm) continue;
    const VmId owner = vm_on(c);
    if (owner != kNoVm && owner != vm) continue;
    bool all_free = true;
    for (Cpu cpu = first_cpu(c); cpu < end_cpu(c); ++cpu) {
      all_free = all_free && entry(cpu).free();
      if (!beside && owner == vm && entry(cpu).free()) beside = cpu;
    }
    if (all_free) return first_cpu(c);
  }
  return beside;
}

/// Cores under way to the VM have room for all of its vCPUs that wait.
bool VmPolicy::has_promises(VmId vm) const {
  std::size_t cpus = 0;
  for (const Core& c : cores_)
    if (c.promised_to == vm) cpus += static_cast<std::size_t>(options_.threads_per_core);
  return cpus >= waiting_[static_cast<std::size_t>(vm)].size();
}

/// Takes what has been in one hand longest: a CPU from a vCPU of the same VM, which may be done at
/// once, or a core from another VM, which has to leave it first.
std::optional<VmPolicy::Order> VmPolicy::take_turn(VmId vm, Instant now) {
  if (has_promises(vm)) return std::nullopt;
  std::optional<Cpu> longest;
  Instant since = now;
  for (int c = 0; c < cores(); ++c) {
    const VmId owner = vm_on(c);
    if (core(c).promised_to != kNoVm || owner == kNoVm) continue;
    for (Cpu cpu = first_cpu(c); cpu < end_cpu(c); ++cpu) {
      if (owner == vm && !entry(cpu).steady()) continue;
      const Instant held = owner == vm ? entry(cpu).since : core(c).since;
      if (held >= since || !over(held, now)) continue;
      since = held;
      longest = cpu;
    }
  }
  if (!longest) return std::nullopt;
  const int c = core_of(*longest);
  if (vm_on(c) == vm) return give(*longest, vm, now);
  core(c).promised_to = vm;
  return empty_or_hand_over(c, now);
}

VmPolicy::Order VmPolicy::give(Cpu cpu, VmId vm, Instant now) {
  if (vm_on(core_of(cpu)) == kNoVm) core(core_of(cpu)).since = now;
  CpuEntry& c = entry(cpu);
  c.leaving = std::exchange(c.vcpu, waiting(vm).front());
  c.ordered = true;
  waiting(vm).pop_front();
  return {cpu, c.vcpu};
}

VmPolicy::Order VmPolicy::empty(Cpu cpu) {
  CpuEntry& c = entry(cpu);
  if (c.vcpu != kNobody) c.leaving = std::exchange(c.vcpu, kNobody);
  c.ordered = true;
  return {cpu, kNobody};
}

Instant VmPolicy::ask_again(Instant now) const {
  Instant soonest = wave::kNever;
  const auto look = [&](Instant since) {
    const Instant end = since + options_.slice;
    if (end > now) soonest = std::min(soonest, end);
  };
  const bool somebody_waits =
      std::any_of(waiting_.begin(), waiting_.end(), [](const auto& w) { return !w.empty(); });
  if (!somebody_waits) return soonest;
  for (const Core& c : cores_) look(c.since);
  for (const CpuEntry& c : cpus_) look(c.since);
  return soonest;
}

}  // namespace scheduling
