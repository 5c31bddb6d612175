// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "experiments/measure/experiment_checks.h"
#include "sim/config_error.h"

namespace experiments {
namespace {

using memory::MemoryType;
using sim::require;

void check_rpc_place(const ExperimentParams& p) {
  const RpcParams& rpc = *p.rpc;
  require(p.system.placement == Placement::kHost || p.system.placement == Placement::kNic, "rpc",
          "workers of an RPC stack are scheduled by an agent on the host or on the NIC",
          "set system.placement to host or nic");
  require(!p.machine.interconnect, "rpc", "is not modelled together with a coherent link",
          "leave out machine.interconnect");
  require(!p.system.life, "rpc", "is not modelled with agents that come and go",
          "leave out system.life");
  require(1 <= rpc.cores && rpc.cores <= 64, "rpc.cores", fmt::format("{} cores", rpc.cores),
          "give 1 to 64");
  const int agents = p.system.placement == Placement::kNic ? 1 : 0;
  require(rpc.placement == StackSide::kHost || rpc.cores + agents <= p.machine.nic.cores,
          "rpc.cores",
          fmt::format("{} cores for the stack{}, and the NIC has {}", rpc.cores,
                      agents > 0 ? " and one for the agent" : "", p.machine.nic.cores),
          "give fewer, or more machine.nic.cores");
  require(p.workload.threads >= rpc.cores, "workload.threads",
          fmt::format("{} threads, and each of the {} cores of the stack needs one at least",
                      p.workload.threads, rpc.cores),
          "give more threads or fewer rpc.cores");
  require(p.workload.threads <= p.system.queue_capacity, "workload.threads",
          fmt::format("{} threads, which begin at once, and queues of {} entries",
                      p.workload.threads, p.system.queue_capacity),
          "give fewer or a larger system.queue_capacity");
  // A search tries fewer cores, one of which then has all threads.
  const int cores = p.run.measure == Measure::kStackCores ? 1 : rpc.cores;
  const std::int64_t notes = 2 * ((std::int64_t{p.workload.threads} + cores - 1) / cores);
  require(notes <= p.system.queue_capacity, "system.queue_capacity",
          fmt::format("{} entries, and a core of the stack has notes about up to {} threads",
                      p.system.queue_capacity, notes / 2),
          fmt::format("give at least {}", notes));
}

void check_rpc_channel(const RpcParams& rpc) {
  const rpc::ChannelParams& c = rpc.channel;
  require(c.payload != rpc::PayloadPath::kNic || rpc.placement == StackSide::kNic,
          "rpc.channel.payload", "bodies stay on the NIC only if the stack runs there",
          "use host_dram or host_cache, or set rpc.placement to nic");
  require(
      c.request_mapping == MemoryType::kWriteThrough || c.request_mapping == MemoryType::kUncached,
      "rpc.channel.request_mapping", "is not one for loads across PCIe", "use WT or UC");
  require(
      c.reply_mapping == MemoryType::kWriteCombining || c.reply_mapping == MemoryType::kUncached,
      "rpc.channel.reply_mapping", "is not one for stores across PCIe", "use WC or UC");
  require(c.body_read <= 1, "rpc.channel.body_read", fmt::format("{} is no share", c.body_read),
          "give 0 to 1");
  for (const auto& [path, entries] : {std::pair{"rpc.channel.receive_ring", c.receive_ring},
                                      std::pair{"rpc.channel.transmit_ring", c.transmit_ring}})
    require(2 <= entries && entries <= 65536 && entries % 2 == 0, path,
            fmt::format("{} entries", entries), "give an even number, 2 to 65536");
  require(1 <= c.return_batch && c.return_batch <= c.receive_ring / 2, "rpc.channel.return_batch",
          fmt::format("{} of {} entries", c.return_batch, c.receive_ring),
          "give at least 1, and at most half of rpc.channel.receive_ring");
  require(1 <= c.lines_ahead && c.lines_ahead <= 256, "rpc.channel.lines_ahead",
          fmt::format("{} lines", c.lines_ahead), "give 1 to 256");
  require(1 <= c.body_room && c.body_room <= 65536, "rpc.channel.body_room",
          fmt::format("{} lines", c.body_room), "give 1 to 65536");
}

}  // namespace

void check_rpc(const ExperimentParams& p) {
  require(p.rpc || p.run.measure != Measure::kStackCores, "run.measure",
          "there is no RPC stack whose cores could be counted",
          "give rpc, as in {\"placement\": \"host\"}");
  if (!p.rpc) return;
  const RpcParams& rpc = *p.rpc;
  check_rpc_place(p);
  check_rpc_channel(rpc);
  require(rpc.stack.most_waiting <= 1 << 20, "rpc.stack.most_waiting",
          fmt::format("{} requests", rpc.stack.most_waiting), "give at most 1048576");
  require(1 <= rpc.stack.most_incomplete && rpc.stack.most_incomplete <= 1 << 20,
          "rpc.stack.most_incomplete", fmt::format("{} messages", rpc.stack.most_incomplete),
          "give 1 to 1048576");
  require(rpc.stack.most_message.count >= std::int64_t{rpc::kHeaderBytes} &&
              rpc.stack.most_message.count <= std::int64_t{rpc::kHeaderBytes + rpc::kMostBodyBytes},
          "rpc.stack.most_message", fmt::format("{} bytes", rpc.stack.most_message.count),
          fmt::format("give {} to {}", rpc::kHeaderBytes, rpc::kHeaderBytes + rpc::kMostBodyBytes));
  const int entries = rpc.port.indirection_entries;
  require(rpc.cores <= entries && entries <= 65536 && (entries & (entries - 1)) == 0,
          "rpc.port.indirection_entries", fmt::format("{} entries", entries),
          "give a power of two that is no less than rpc.cores, up to 65536");
  require(rpc.engine.bandwidth >= sim::Bandwidth::gigabits_per_second(1), "rpc.engine.bandwidth",
          "is too little", "give at least 1 Gb/s");
  require(rpc.clients.loop == workloads::LoopKind::kOpen || p.run.measure == Measure::kLoad,
          "rpc.clients.loop", "a closed loop offers what it gets answered, and nothing else",
          "use open, or set run.measure to load");
  require(rpc.clients.malformed == 0 || p.run.measure == Measure::kLoad, "rpc.clients.malformed",
          "a search asks how much of what comes a system does, and these calls it drops",
          "give 0, or set run.measure to load");
}

}  // namespace experiments
