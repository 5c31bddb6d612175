// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "experiments/measure/hardware.h"
#include "experiments/system/machine_params.h"

namespace experiments {

/// The parts of a host that the kernel's own microbenchmarks need.
struct KernelHost {
  core::CoreParams core;
  memory::DomainParams caches;
  std::vector<sim::Duration> transfers;  // between its first `kKernelCpus` cores
  scheduling::KernelParams linux_kernel;
};

constexpr int kKernelCpus = 12;

/// The host of `params.host_kind`. On Skylake the kernel's primitives are the measured ones.
KernelHost kernel_host(const MachineParams& params);

/// Runs the microbenchmarks of ghOSt's table 3 on the simulated kernel: messages to agents, local
/// and remote scheduling, a group of ten, and what a switch takes. Nothing in them is random; CPUs
/// that wait poll.
HardwareResult measure_kernel(const KernelHost& host);
/// These on the machine's host, then wake-ups (wake_costs.h) and shootdowns (shootdown_costs.h).
HardwareResult measure_host_kernel(const MachineParams& machine);

}  // namespace experiments
