// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <gtest/gtest.h>

#include "experiments/measure/experiment.h"
#include "sim/config_error.h"

namespace experiments {
namespace {

std::string error_after(const std::function<void(ExperimentParams&)>& change) {
  ExperimentParams params;
  change(params);
  try {
    check(params);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Check, AcceptsTheDefaults) {
  EXPECT_EQ(error_after([](ExperimentParams&) {}), "no error");
}

TEST(Check, RefusesMoreCoresThanTheHostHas) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.system.workers = 124; }),
            "system.workers: 124 workers, the agent's core and 4 load generators need 129 cores, "
            "and the host has 128; give at most 123");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.system.workers = 122;
              p.system.life.emplace();
            }),
            "system.workers: 122 workers, the agent's core, its keeper's two and 4 load generators "
            "need 129 cores, "
            "and the host has 128; give at most 121");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.machine.host.sockets = p.machine.host.ccds = p.machine.host.cores_per_ccd = 1;
            }),
            "system.workers: 16 workers, the agent's core and 4 load generators need 21 cores, "
            "and the host has 1; give the host more cores, or fewer generators");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.system.workers = 0; }),
            "system.workers: 0 workers; give 1 to 256");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.workload.generators = 0; }),
            "workload.generators: 0 generators; give 1 to 256");
}

TEST(Check, RefusesClassesThatThePolicyHasNoSloFor) {
  const auto two_classes = [](PolicyKind kind, std::size_t slos) {
    return error_after([=](ExperimentParams& p) {
      p.workload.arrivals.long_share = 0.005;
      p.system.policy.kind = kind;
      p.system.policy.classes.resize(slos);
    });
  };
  EXPECT_EQ(two_classes(PolicyKind::kMultiQueueShinjuku, 1),
            "system.policy.classes: the load announces 2 classes, and 1 has an SLO; give an SLO "
            "for each class, or no workload.arrivals.long_share");
  EXPECT_EQ(two_classes(PolicyKind::kMultiQueueShinjuku, 2), "no error");
  EXPECT_EQ(two_classes(PolicyKind::kShinjuku, 1), "no error") << "it knows no classes";
}

TEST(Check, RefusesAPolicyThatNobodyAsks) {
  const auto under_linux = [](PolicyKind kind) {
    return error_after([=](ExperimentParams& p) {
      p.system.placement = Placement::kKernel;
      p.system.policy.kind = kind;
    });
  };
  EXPECT_EQ(under_linux(PolicyKind::kFifo), "no error") << "the default";
  EXPECT_EQ(under_linux(PolicyKind::kShinjuku),
            "system.policy.kind: is not asked: with system.placement kernel Linux's fair class "
            "decides; leave it out, or place an agent");
}

TEST(Check, RefusesGeneratorsWithoutThreads) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.workload.threads = 3; }),
            "workload.threads: 3 threads for 4 load generators, each of which hands out to its "
            "own; give at least as many threads as workload.generators");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.workload.threads = 4; }), "no error");
}

TEST(Check, RefusesMachinesWithoutCores) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.nic.cores = 0; }),
            "machine.nic.cores: the agent cannot run on a NIC with 0 cores; give 1 to 256");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.host.ccds = 0; }),
            "machine.host: 2 sockets of 0 dies of 8 cores of 1 threads; give at least one of each");
}

TEST(Check, RefusesMachinesWhoseFartherCoresAreNearer) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.host.transfer_ccx = 9ns; }),
            "machine.host.transfer_ccx: 9 ns is below machine.host.transfer_smt, 10 ns; give at "
            "least that");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.host.transfer_socket = 22ns; }),
            "machine.host.transfer_socket: 22 ns is below machine.host.transfer_ccx, 23 ns; give "
            "at least that");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.host.transfer_cross = 106ns; }),
            "machine.host.transfer_cross: 106 ns is below machine.host.transfer_socket, 107 ns; "
            "give at least that");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.run.measure = Measure::kKernel;
              p.machine.host_kind = HostKind::kSkylake;
              p.machine.skylake.transfer_cross = 47ns;
            }),
            "machine.skylake.transfer_cross: 47 ns is below machine.skylake.transfer_mesh, 48 ns; "
            "give at least that");
}

TEST(Check, RefusesWriteBackAcrossPcieAndSaysWhy) {
  const std::string why = error_after(
      [](ExperimentParams& p) { p.system.message_mapping = memory::MemoryType::kWriteBack; });
  EXPECT_EQ(
      why.substr(0, 85),
      "system.message_mapping: queues in NIC memory: WB is not possible across PCIe: a write");
  EXPECT_NE(why.find("nothing on PCIe snoops host caches"), std::string::npos);
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.system.decision_mapping = memory::MemoryType::kWriteBack;
            }).substr(0, 23),
            "system.decision_mapping");
}

TEST(Check, RefusesCombiningAndWriteThroughOnTheNicItself) {
  for (const auto type : {memory::MemoryType::kWriteCombining, memory::MemoryType::kWriteThrough})
    EXPECT_EQ(error_after([type](ExperimentParams& p) { p.system.nic_mapping = type; }),
              "system.nic_mapping: queues in NIC memory: a domain maps its own memory UC or WB; WC "
              "and WT are modelled across a link only");
}

TEST(Check, DoesNotMindMappingsThatAnAgentOnTheHostNeverUses) {
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.system.placement = Placement::kHost;
              p.system.message_mapping = memory::MemoryType::kWriteBack;
            }),
            "no error");
}

void join_nic(ExperimentParams& p) {
  p.machine.interconnect = interconnect::cxl_2();
}

void join_sockets(ExperimentParams& p) {
  p.machine.interconnect = interconnect::upi();
  p.system.placement = Placement::kOtherSocket;
}

TEST(Check, AcceptsWriteBackAcrossALinkThatIsCoherent) {
  for (const auto join : {join_nic, join_sockets})
    EXPECT_EQ(error_after([join](ExperimentParams& p) {
                join(p);
                p.system.message_mapping = memory::MemoryType::kWriteBack;
                p.system.decision_mapping = memory::MemoryType::kWriteBack;
              }),
              "no error");
}

TEST(Check, RefusesALinkThatDoesNotReachTheAgent) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.interconnect = interconnect::upi(); }),
            "machine.interconnect.joins: this link joins the host's sockets, and the agent is on a "
            "core of the NIC; use system.placement other_socket, or a link that joins the NIC");
  for (const bool cxl : {false, true})
    EXPECT_EQ(error_after([cxl](ExperimentParams& p) {
                if (cxl) join_nic(p);
                p.system.placement = Placement::kOtherSocket;
              }),
              "system.placement: the agent is on the other socket, and no link between sockets is "
              "chosen; set machine.interconnect.preset to xgmi or upi");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              join_sockets(p);
              p.machine.host.sockets = 1;
            }),
            "system.placement: the host has one socket only; set machine.host.sockets to 2");
}

TEST(Check, RefusesWorkersOnTheAgentsSocket) {
  const auto with_workers = [](int workers) {
    return error_after([workers](ExperimentParams& p) {
      join_sockets(p);
      p.system.workers = workers;
    });
  };
  EXPECT_EQ(with_workers(59), "no error");
  EXPECT_EQ(with_workers(60),
            "system.workers: the workers and the load would reach into the agent's socket: they "
            "take 65 CPUs of 64; give fewer");
}

TEST(Check, RefusesMoreCoherentCoresThanADirectoryKnows) {
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              join_nic(p);
              p.machine.nic.cores = 240;
            }),
            "machine.nic.cores: the link makes 261 cores of host and NIC coherent; give at most "
            "256 in all");
}

TEST(Check, RefusesQueuesThatTheAgentCouldNotPoll) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.system.queue_home = QueueHome::kHost; }),
            "system.queue_home: a NIC behind PCIe does not cache host memory, and its cores reach "
            "it by DMA only; use agent, or a coherent link");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              join_nic(p);
              p.system.queue_home = QueueHome::kHost;
              p.system.nic_mapping = memory::MemoryType::kUncached;
            }),
            "system.nic_mapping: the agent would poll the host's memory by uncached loads across "
            "the link; use WB, or system.queue_home agent");
}

TEST(Check, SaysWhatACoherentLinkAllowsInstead) {
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              join_nic(p);
              p.system.message_mapping = memory::MemoryType::kWriteThrough;
            }),
            "system.message_mapping: WT would answer from the host's cache whether the agent has "
            "freed an entry; use UC, WC or WB");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              join_nic(p);
              p.system.decision_mapping = memory::MemoryType::kWriteCombining;
            }),
            "system.decision_mapping: WC would hold outcomes back and cache no decision; use UC, "
            "WT or WB");
}

TEST(Check, RefusesQueuesThatCannotWork) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.system.queue_capacity = 100; }),
            "system.queue_capacity: 100 entries; give a power of two from 2 to 65536");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.workload.threads = 1025; }),
            "workload.threads: 4 generators make 1025 threads, 257 messages at once in queues of "
            "256 entries; give fewer threads or a larger system.queue_capacity");
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.system.queue_capacity = 65536;
              p.workload.threads = 65537;
            }),
            "workload.threads: 65537 threads; give 1 to 65536: each needs a status word");
}

TEST(Check, RefusesTimesWithoutSense) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.run.length = sim::Duration{0}; }),
            "run.length: is too short; give at least 1 us");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.linux_kernel.commit = -1ns; }),
            "machine.linux.commit: \"-1 ns\" is negative; give zero or more");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.run.length = 10001s; }),
            "run.length: \"10001 s\" is too long; give at most 10000 s");
}

template <class F>
std::string memory_error_after(F change) {
  return error_after([&change](ExperimentParams& p) {
    p.run.measure = Measure::kMemory;
    change(p);
  });
}

TEST(Check, RefusesMemoryThatCannotBeManaged) {
  EXPECT_EQ(memory_error_after([](ExperimentParams&) {}), "no error");
  EXPECT_EQ(memory_error_after([](ExperimentParams& p) { p.memory.tiering.batch_pages = 513; }),
            "memory.tiering.batch_pages: 513 pages; give 1 to 512");
  EXPECT_EQ(memory_error_after([](ExperimentParams& p) { p.memory.tiering.threads = 17; }),
            "memory.tiering.threads: 17 threads, each on a core of its own, and there are 16; give "
            "at most 16");
  EXPECT_EQ(memory_error_after([](ExperimentParams& p) { p.memory.tiering.objective = 1; }),
            "memory.tiering.objective: 1 is out of bounds; give more than 0 and less than 1");
  EXPECT_EQ(memory_error_after([](ExperimentParams& p) { p.memory.policy.remote_limit = 0.15; }),
            "memory.policy.remote_limit: is 0.15, and the objective leaves 0.2 to the slow tier; "
            "give more than memory.tiering.objective leaves");
  EXPECT_EQ(memory_error_after([](ExperimentParams& p) { p.memory.load.cluster = {300 << 10}; }),
            "memory.load.cluster: 307200 bytes are not whole batches of 262144; give a multiple of "
            "memory.tiering.batch_pages x memory.tiering.page");
  EXPECT_EQ(
      memory_error_after([](ExperimentParams& p) { p.system.placement = Placement::kKernel; }),
      "system.placement: memory is managed from cores of the host or of the NIC; use host or "
      "nic");
}

TEST(Check, RefusesCapturesOfOtherPages) {
  const auto replay_with = [](auto change) {
    return memory_error_after([&](ExperimentParams& p) {
      p.memory.load.kind = workloads::PageLoadKind::kCapture;
      change(p.memory);
    });
  };
  const std::string other =
      "memory.load.kind: captures are of pages of 4 KiB in batches of 64; give such to "
      "memory.tiering, or use key_value";
  EXPECT_EQ(replay_with([](MemoryParams& m) { m.tiering.batch_pages = 32; }), other);
  EXPECT_EQ(replay_with([](MemoryParams& m) { m.tiering.page = sim::Bytes{2 << 20}; }), other);
  EXPECT_EQ(replay_with([](MemoryParams& m) { m.load.interval = 0s; }),
            "memory.load.interval: is too short; give at least 1 ms");
}

TEST(Check, RefusesALoadThatTheGeneratorsCannotHandOut) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.workload.arrivals.rate = {10e6}; }),
            "workload.arrivals.rate: 10000000 requests/s cannot be reached: 4 generators that take "
            "535 ns for each hand out 7476636/s at most; give a lower rate or more generators");
}

TEST(Check, RefusesToVaryTheRateOfATrace) {
  EXPECT_EQ(error_after([](ExperimentParams& p) {
              p.run.measure = Measure::kSaturation;
              p.workload.arrivals.kind = workloads::ArrivalKind::kTrace;
            }),
            "workload.arrivals.kind: a trace has the rate that it has, and saturation is found by "
            "varying it; use poisson, deterministic or mmpp");
}

std::string rpc_error_after(const std::function<void(ExperimentParams&)>& change) {
  return error_after([&](ExperimentParams& p) {
    p.rpc.emplace();
    change(p);
  });
}

TEST(Check, RefusesAnRpcStackWithoutPlaceOrWorkers) {
  EXPECT_EQ(rpc_error_after([](ExperimentParams&) {}), "no error");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) { p.rpc->cores = 16; }),
            "rpc.cores: 16 cores for the stack and one for the agent, and the NIC has 16; give "
            "fewer, or more machine.nic.cores");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) { p.workload.threads = 14; }),
            "workload.threads: 14 threads, and each of the 15 cores of the stack needs one at "
            "least; give more threads or fewer rpc.cores");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) { p.system.placement = Placement::kKernel; }),
            "rpc: workers of an RPC stack are scheduled by an agent on the host or on the NIC; set "
            "system.placement to host or nic");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) { p.system.life.emplace(); }),
            "rpc: is not modelled with agents that come and go; leave out system.life");
}

TEST(Check, RefusesWhatAnRpcStackCannotUse) {
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) {
              p.rpc->placement = StackSide::kHost;
              p.rpc->channel.payload = rpc::PayloadPath::kNic;
            }),
            "rpc.channel.payload: bodies stay on the NIC only if the stack runs there; use "
            "host_dram or host_cache, or set rpc.placement to nic");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) { p.rpc->channel.receive_ring = 3; }),
            "rpc.channel.receive_ring: 3 entries; give an even number, 2 to 65536");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) { p.rpc->port.indirection_entries = 100; }),
            "rpc.port.indirection_entries: 100 entries; give a power of two that is no less than "
            "rpc.cores, up to 65536");
}

TEST(Check, RefusesMeasuresThatAnRpcStackHasNotOrOnlyItHas) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.run.measure = Measure::kStackCores; }),
            "run.measure: there is no RPC stack whose cores could be counted; give rpc, as in "
            "{\"placement\": \"host\"}");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) {
              p.run.measure = Measure::kSaturation;
              p.rpc->clients.loop = workloads::LoopKind::kClosed;
            }),
            "rpc.clients.loop: a closed loop offers what it gets answered, and nothing else; use "
            "open, or set run.measure to load");
  EXPECT_EQ(rpc_error_after([](ExperimentParams& p) {
              p.run.measure = Measure::kSaturation;
              p.rpc->clients.malformed = 0.1;
            }),
            "rpc.clients.malformed: a search asks how much of what comes a system does, and these "
            "calls it drops; give 0, or set run.measure to load");
}

TEST(Check, PassesOnWhatThePcieModelRefuses) {
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.pcie.link.lanes = 3; }),
            "machine.pcie.link.lanes: no link is like this; give 1, 2, 4, 8 or 16");
  EXPECT_EQ(error_after([](ExperimentParams& p) { p.machine.pcie.link.flight = sim::Duration{}; }),
            "machine.pcie.link.flight: no link is like this; give a time above 0 s");
}

std::string vm_error_after(const std::function<void(ExperimentParams&)>& change) {
  return error_after([&](ExperimentParams& p) {
    p.run.measure = Measure::kVm;
    p.machine.host.threads_per_core = 2;
    change(p);
  });
}

TEST(Check, AcceptsAVirtualMachineThatHasASocketAndNeedsNoRequests) {
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.workload.generators = 0; }), "no error");
}

TEST(Check, RefusesVirtualMachinesThatCannotBe) {
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.vm.busy = 129; }),
            "vm.busy: 129 busy vCPUs, and each virtual machine has 128; give at most 128");
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.vm.vcpus = 0; }),
            "vm.vcpus: 0 vCPUs; give 1 to 1000");
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.vm.vms = 3; }),
            "vm.vcpus: 3 x 128 vCPUs, which send as many messages at once, and queues of 256 "
            "entries; give fewer or a larger system.queue_capacity");
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.vm.instructions_per_cycle = 0; }),
            "vm.instructions_per_cycle: 0 instructions are no work; give more than 0");
}

TEST(Check, RefusesVirtualMachinesWithoutAnAgent) {
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.system.placement = Placement::kKernel; }),
            "system.placement: core scheduling is an agent's policy; use host or nic");
}

TEST(Check, RefusesASocketWithoutCoresOrWithNoneToSpare) {
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.machine.host.cores_per_ccd = 0; }),
            "machine.host: 2 sockets of 8 dies of 0 cores of 2 threads; give at least one of each");
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) {
              p.machine.host.ccds = p.machine.host.cores_per_ccd = 1;
              p.system.placement = Placement::kHost;
            }),
            "machine.host.cores_per_ccd: an agent on the host takes a core, and the socket has 1; "
            "give at least 2");
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.machine.host.sockets = 1; }),
            "machine.host.sockets: the control plane that starts virtual machines runs on another "
            "socket than these; give 2");
}

TEST(Check, RefusesAPowerBudgetThatHaltedCoresUseUp) {
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.machine.host.power.budget = {128'800}; }),
            "machine.host.power.budget: 128.8 W is not more than the 128.8 W that the socket draws "
            "with all 64 cores halted; give a larger budget");
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) { p.machine.host.power.budget = {128'801}; }),
            "no error");
}

TEST(Check, RefusesABoostCurveThatRises) {
  EXPECT_EQ(vm_error_after([](ExperimentParams& p) {
              p.machine.host.power.max_clock = sim::Frequency::gigahertz(3.1);
            }),
            "machine.host.power.max_clock: 3.1 GHz is below machine.host.power.all_core_clock, "
            "3.15 GHz; give a higher clock");
}

}  // namespace
}  // namespace experiments
