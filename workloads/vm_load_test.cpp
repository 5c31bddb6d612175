// SPDX-License-Identifier: Apache-2.0
#include "workloads/vm_load.h"

#include <gtest/gtest.h>

namespace workloads {
namespace {

/// An agent is told of VMs by tid, and the kernel switches page tables by process: one rule.
TEST(VmLoad, VcpusOfOneVmAreThreadsOfOneProcess) {
  constexpr wave::QueuePlace kQueue{
      .offset = 0, .capacity = 64, .words = wave::scheduling::kMessageWords};
  sim::Simulation sim;
  memory::Domain domain("host", {}, 1, {sim::Duration{0}});
  memory::Region region(sim, "queues", domain, sim::Bytes{64 * wave::kSlotBytes});
  memory::Mapping mapping(region, memory::MemoryType::kWriteBack);
  wave::Producer messages(mapping, kQueue);
  scheduling::Kernel kernel({}, {});
  core::Core creator(sim, "control plane", domain, 0, {});
  VmLoad load({.vms = 3, .vcpus = 4}, kernel, creator, messages, 1);
  load.start();
  sim.run_until(sim::Time{std::chrono::milliseconds{2}});

  std::vector<std::int32_t> processes{-1};  // no thread has tid 0
  for (const scheduling::Thread& vcpu : kernel.threads()) processes.push_back(vcpu.process);
  EXPECT_EQ(processes, load.vm_of());
  EXPECT_EQ(processes, (std::vector{-1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
}

}  // namespace
}  // namespace workloads
