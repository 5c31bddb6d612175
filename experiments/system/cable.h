// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/ethernet/port.h"
#include "subsystems/rpc/frames.h"
#include "workloads/rpc_clients.h"

namespace experiments {

/// Joins the NIC's port and the clients' network.
class Cable : public ethernet::Network {
 public:
  explicit Cable(workloads::RpcClients& clients) : clients_(clients) {}

  void plug_into(ethernet::Port& port) {
    clients_.to_server([&port](const rpc::Packet& packet) {
      port.receive(packet.segment.connection, rpc::to_frame(packet));
    });
  }
  void send(const ethernet::Frame& frame, sim::Time when) override {
    clients_.from_server(rpc::to_packet(frame), when);
  }

 private:
  workloads::RpcClients& clients_;
};

}  // namespace experiments
