// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/ethernet/queue_stats.h"
#include "models/fabric/stats.h"
#include "sim/member_wise.h"
#include "subsystems/rpc/stack/program_stats.h"
#include "workloads/rpc_client_stats.h"

namespace experiments {

/// Where the time of the stack's cores went, all together.
struct StackTime {
  sim::Duration receive_driver{};
  sim::Duration receive_transport{};
  sim::Duration deserialise{};
  sim::Duration dispatch{};
  sim::Duration serialise{};
  sim::Duration send_transport{};
  sim::Duration send_driver{};
  sim::Duration hand_over{};
  sim::Duration transmit{};
  sim::Duration poll{};

  static void describe(auto&& stat) {
    using S = StackTime;
    stat(&S::receive_driver, "receive_driver", "the driver, of packets that came");
    stat(&S::receive_transport, "receive_transport", "the transport, of packets that came");
    stat(&S::deserialise, "deserialise", "header and arguments of requests");
    stat(&S::dispatch, "dispatch", "finding handler and worker");
    stat(&S::serialise, "serialise", "replies");
    stat(&S::send_transport, "send_transport", "the transport, of packets sent");
    stat(&S::send_driver, "send_driver", "the driver, of packets sent");
    stat(&S::hand_over, "hand_over", "accesses to give requests to workers and tell the scheduler");
    stat(&S::transmit, "transmit", "accesses to give packets to the port");
    stat(&S::poll, "poll", "looking for work and fetching what was found; idleness too");
  }
  sim::Duration of_code() const {
    return receive_driver + receive_transport + deserialise + dispatch + serialise +
           send_transport + send_driver;
  }
  sim::Duration busy() const { return of_code() + hand_over + transmit; }
  friend StackTime operator-(const StackTime& a, const StackTime& b) {
    return sim::difference(a, b);
  }
  friend StackTime operator+(const StackTime& a, const StackTime& b) { return sim::sum(a, b); }
};

/// What the RPC side of a server counts.
struct RpcStats {
  workloads::RpcClientStats clients;
  fabric::NetworkStats network;
  ethernet::QueueStats port;
  rpc::ProgramStats stack;
  StackTime time;

  static void describe(auto&& stat) {
    stat(&RpcStats::clients, "clients", "as the callers see it");
    stat(&RpcStats::network, "network", "on the way");
    stat(&RpcStats::port, "port", "the NIC's port");
    stat(&RpcStats::stack, "stack", "the stack's programs, all cores together");
    stat(&RpcStats::time, "time", "of the stack's cores");
  }
  friend RpcStats operator-(const RpcStats& a, const RpcStats& b) { return sim::difference(a, b); }
};

}  // namespace experiments
