// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/describe.h"
#include "subsystems/scheduling/kernel.h"

namespace workloads {

/// Virtual machines of which some vCPUs run a busy loop while the others have halted.
struct VmLoadParams {
  int vms = 1;
  int vcpus = 128;
  int busy = 1;
  double instructions_per_cycle = 3;
  sim::Duration start_within = std::chrono::milliseconds{1};

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = VmLoadParams;
    field(&P::vms, "vms", "virtual machines", sim::stated("wave.md E6: one"), sim::Range{1, 16});
    field(&P::vcpus, "vcpus", "vCPUs of each", sim::stated("wave.md E6: 128 on one socket"),
          sim::Range{1, 128});
    field(&P::busy, "busy", "vCPUs of each that run a busy loop", sim::chosen("the question"),
          sim::Range{0, 128});
    field(&P::instructions_per_cycle, "instructions_per_cycle", "of the busy loop on a core alone",
          sim::assumed("an addition, a comparison and a branch in each period of the clock; no "
                       "ratio depends on it"),
          sim::Range{1.0, 5.0});
    field(&P::start_within, "start_within", "the loops begin at random instants up to this one",
          sim::chosen("so that nothing runs in step with the ticks"), sim::Range{0ms, 10ms});
  }
};

/// The vCPUs as threads of the host's scheduling class.
///
/// Not modelled: the guest's own kernel, its timer and its wake-ups; memory accesses.
class VmLoad {
 public:
  /// `creator` is the core on which the control plane makes the threads, which sends its messages
  /// through `messages`.
  VmLoad(const VmLoadParams& params, scheduling::Kernel& kernel, core::Core& creator,
         wave::Producer& messages, std::uint64_t seed);
  ~VmLoad();

  void start();

  /// The virtual machine of each thread, by its tid.
  std::vector<std::int32_t> vm_of() const;
  /// What the busy loops did while `work` was done.
  double instructions(sim::Duration work) const;

 private:
  class Vcpu;
  int threads() const { return params_.vms * params_.vcpus; }
  bool is_busy(int thread) const { return thread / params_.vms < params_.busy; }
  std::vector<sim::Duration> start_times() const;

  const VmLoadParams params_;
  scheduling::Kernel& kernel_;
  core::Core& creator_;
  wave::Producer& messages_;
  const std::uint64_t seed_;
  std::deque<Vcpu> vcpus_;
};

}  // namespace workloads
