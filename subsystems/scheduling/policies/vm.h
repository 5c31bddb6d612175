// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "subsystems/scheduling/policies/policy.h"

namespace scheduling {

using VmId = std::int32_t;

struct VmPolicyOptions {
  int threads_per_core = 2;
  int vms = 1;
  /// The virtual machine of each thread: what the control plane has told the agent.
  std::vector<VmId> vm_of;
  /// How long a vCPU may keep its CPU, and a VM its core, while others wait.
  Instant slice = std::chrono::milliseconds{5};
  /// Another agent has scheduled before: a CPU may run somebody of whom nothing is known.
  bool takes_over = false;
};

/// Which vCPU runs on which CPU, under core scheduling: the CPUs of a core never run vCPUs of two
/// virtual machines, so that no guest can watch another through the caches and buffers they share.
///
/// A waiting vCPU gets a core of its own while there is one, then a free CPU of a core that its VM
/// has. When there is neither, VMs take turns: each in its turn is given the CPU, or the whole
/// core, that has been in one hand longest, once its slice is over. A core changes hands empty:
/// first all of its CPUs are told to let go, and only when all have said that they did is the next
/// VM let in. Until then it belongs to whoever may still be running there.
///
/// After another agent a CPU is a stranger's until it says that it is idle or somebody has left it;
/// strangers are of no VM, so they are told to go before anybody is let onto their core.
///
/// The CPUs of a core are numbered one after the other. Pure: it is told what happened and says
/// what to do.
///
/// Not modelled: weights, caps and guarantees; gathering a VM's vCPUs on fewer cores when others
/// wait; memory locality.
class VmPolicy {
 public:
  static constexpr ThreadId kNobody = -1;

  /// What a CPU is to do next: run this vCPU, or nobody.
  struct Order {
    Cpu cpu;
    ThreadId vcpu;
  };

  VmPolicy(int cpus, VmPolicyOptions options);

  // What happened:
  void runnable(ThreadId vcpu);
  /// A waiting vCPU went away for good.
  void gone(ThreadId vcpu);
  /// The CPU took the order that it was given last.
  void taken(Cpu cpu, Instant now);
  /// It refused. `still_wants_it`: the vCPU of the order, if any, still waits to run.
  void refused(Cpu cpu, bool still_wants_it);
  /// The vCPU has left the CPU: it neither runs there nor is about to. False: it was not known to
  /// be there.
  bool left(ThreadId vcpu, Cpu cpu);
  /// The CPU has said whether it is idle, for the first time or again.
  void spoke(Cpu cpu, bool idle);

  // What to do:
  /// The next order. A CPU that has been given one gets no other before `taken` or `refused`.
  std::optional<Order> next(Instant now);
  /// When to ask again if nothing happens before; kNever: need not.
  Instant ask_again(Instant now) const;

 private:
  static constexpr VmId kNoVm = -1;
  static constexpr VmId kStrangers = -2;
  static constexpr ThreadId kStranger = -2;

  struct CpuEntry {
    ThreadId vcpu = kNobody;     // given the CPU, from the order on until it has left
    ThreadId leaving = kNobody;  // had it before, and may still run as far as is known
    bool ordered = false;        // has an order that it has not answered
    bool silent = false;         // has not said anything yet since the last agent
    Instant since{};             // when it took the last one

    bool answered() const { return !ordered && !silent; }
    bool free() const { return vcpu == kNobody && leaving == kNobody && answered(); }
    bool steady() const { return vcpu != kNobody && leaving == kNobody && answered(); }
  };
  struct Core {
    VmId promised_to = kNoVm;  // it is being emptied for this VM
    Instant since{};           // when its VM was let in
  };

  VmId vm_of(ThreadId vcpu) const {
    return vcpu == kStranger ? kStrangers : options_.vm_of[static_cast<std::size_t>(vcpu)];
  }
  std::deque<ThreadId>& waiting(VmId vm) { return waiting_[static_cast<std::size_t>(vm)]; }
  CpuEntry& entry(Cpu cpu) { return cpus_[static_cast<std::size_t>(cpu)]; }
  const CpuEntry& entry(Cpu cpu) const { return cpus_[static_cast<std::size_t>(cpu)]; }
  Core& core(int number) { return cores_[static_cast<std::size_t>(number)]; }
  const Core& core(int number) const { return cores_[static_cast<std::size_t>(number)]; }
  Cpu first_cpu(int core) const { return core * options_.threads_per_core; }
  Cpu end_cpu(int core) const { return first_cpu(core + 1); }
  int core_of(Cpu cpu) const { return cpu / options_.threads_per_core; }
  int cores() const { return static_cast<int>(cores_.size()); }
  bool over(Instant since, Instant now) const { return since + options_.slice <= now; }

  VmId vm_on(int core) const;
  bool must_be_emptied(const CpuEntry& c, Instant now) const;
  std::optional<Order> empty_or_hand_over(int core, Instant now);
  std::optional<Order> serve(VmId vm, Instant now);
  std::optional<Cpu> free_cpu(VmId vm) const;
  bool has_promises(VmId vm) const;
  std::optional<Order> take_turn(VmId vm, Instant now);
  Order give(Cpu cpu, VmId vm, Instant now);
  Order empty(Cpu cpu);

  const VmPolicyOptions options_;
  std::vector<CpuEntry> cpus_;
  std::vector<Core> cores_;
  std::vector<std::deque<ThreadId>> waiting_;  // vCPUs by VM, longest first
  std::deque<VmId> turn_;                      // VMs in the order in which they are served next
};

}  // namespace scheduling
