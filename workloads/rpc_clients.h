// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "models/fabric/network.h"
#include "sim/distributions.h"
#include "sim/random.h"
#include "subsystems/rpc/protocol/inbox.h"
#include "subsystems/rpc/protocol/packet.h"
#include "workloads/arrival_params.h"
#include "workloads/arrivals.h"
#include "workloads/request_class.h"
#include "workloads/rpc_calls.h"
#include "workloads/rpc_client_params.h"
#include "workloads/rpc_client_stats.h"
#include "workloads/rpc_sizes.h"
#include "workloads/service_params.h"
#include "workloads/service_times.h"

namespace workloads {

/// Client machines that call the server over the network: real headers in packets of at most an
/// MTU, replies put together from theirs.
///
/// User requests come at the instants of the same Arrivals as a RequestLoad's under the same seed
/// (open loop), each at a client drawn at random; or each client begins one when another has ended
/// (closed loop). Call number c is the server's request number c: its class, its service time and
/// its sizes depend on the seed and on c alone.
///
/// Not modelled: what clients compute (a packet leaves at the intended instant, unless its cable is
/// taken), retransmission, acknowledgements and congestion control, opening connections.
class RpcClients {
 public:
  /// `service` only says which calls are of which kind and how much work they are; it must outlive
  /// them.
  RpcClients(const RpcClientParams& params, const ArrivalParams& arrivals,
             const ServiceTimes& service, sim::Simulation& sim, fabric::Network& network,
             std::uint64_t seed);
  RpcClients(const RpcClients&) = delete;
  RpcClients& operator=(const RpcClients&) = delete;

  /// `f` runs when the last byte of a packet is at the server's port. To be told before `start`.
  void to_server(std::function<void(const rpc::Packet&)> f) { to_server_ = std::move(f); }
  /// The server's port puts a packet onto its cable, now or at `leaves`; in the order of `leaves`.
  void from_server(const rpc::Packet& packet) { from_server(packet, sim_.now()); }
  void from_server(const rpc::Packet& packet, sim::Time leaves);
  void start();

  const RpcClientStats& stats() const { return calls_.stats(); }
  Census census(sim::Time before) const { return calls_.census(before); }
  /// Is told of calls from now on; nobody if it is null.
  void observe(CallObserver* observer) { calls_.observe(observer); }
  /// For the server: how large its replies are to be.
  const RpcSizes& sizes() const { return sizes_; }
  int connections() const { return network_.clients() * params_.connections; }
  fabric::Node client_of(std::uint32_t connection) const {
    return 1 + static_cast<fabric::Node>(connection) / params_.connections;
  }

 private:
  void arrive();
  void plan_arrival();
  void think(fabric::Node client);
  void user_ended(fabric::Node client);
  void begin_user(fabric::Node client, sim::Draws& places, std::optional<int> traced_class);
  void call(std::uint32_t connection, std::optional<int> traced_class);

  void send(std::uint64_t number, const RpcCall& call);
  rpc::HeaderBytes header_bytes(const rpc::Header& header);
  template <class F>
  void carry(sim::Time when, fabric::Node from, fabric::Node to, const rpc::Packet& packet,
             F arrived);

  void reply_arrives(const rpc::Packet& packet);
  void take_reply(const rpc::Segment& last, const rpc::Beginning& beginning);

  const RpcClientParams params_;
  sim::Simulation& sim_;
  fabric::Network& network_;
  std::function<void(const rpc::Packet&)> to_server_;

  const bool traced_;
  std::unique_ptr<Arrivals> arrivals_;
  std::optional<Arrival> next_;
  const ServiceTimes& service_;
  RequestClasses classes_;
  RpcSizes sizes_;
  sim::Stream places_;  // of user requests: which client, and over which connections
  sim::Stream flips_;
  sim::Stream thoughts_;
  std::optional<sim::Exponential> thinking_;

  RpcCalls calls_;
  std::vector<std::uint32_t> messages_;  // sent so far, by connection
  rpc::Inbox replies_;
  std::deque<rpc::Packet> packets_;  // stay where they are
  std::vector<rpc::Packet*> unused_;
  sim::Timer arrival_;
};

}  // namespace workloads
