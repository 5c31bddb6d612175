// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>

#include "models/ethernet/port_params.h"
#include "models/fabric/params.h"
#include "sim/describe.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/stack_params.h"
#include "workloads/rpc_client_params.h"

namespace experiments {

enum class StackSide { kHost, kNic };

constexpr auto enum_names(std::type_identity<StackSide>) {
  using sim::EnumName;
  return std::array{EnumName{StackSide::kHost, "host"}, EnumName{StackSide::kNic, "nic"}};
}

/// An RPC stack between the network and the worker threads, and the clients at the network's other
/// end. With one, requests come from these instead of from generators on the host; of the workload
/// hold its arrivals, services, threads and what a thread costs.
struct RpcParams {
  StackSide placement = StackSide::kNic;
  int cores = 15;
  rpc::StackParams stack = {};
  rpc::InlineEngine engine = {};
  rpc::ChannelParams channel = {};
  ethernet::PortParams port = {};
  fabric::FabricParams network = {};
  workloads::RpcClientParams clients = {};

  static void describe(auto&& field) {
    using P = RpcParams;
    using sim::Range;
    field(&P::placement, "placement", "whose cores run the stack: the host's or the NIC's",
          sim::chosen("the question"));
    field(&P::cores, "cores", "cores that run it, each to completion with flows of its own",
          sim::chosen("what the NIC has beside the scheduling agent's"), Range{1, 16});
    field(&P::stack, "stack", "its program");
    field(&P::engine, "engine", "the NIC's engine for checksums and encryption, if it is used");
    field(&P::channel, "channel", "between stack, workers and scheduler");
    field(&P::port, "port", "the NIC's Ethernet port");
    field(&P::network, "network", "between the NIC and the clients");
    field(&P::clients, "clients", "who calls");
  }
};

}  // namespace experiments
