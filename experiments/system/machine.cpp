// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/machine.h"

#include <algorithm>

namespace experiments {
namespace {

using interconnect::CoherentLinkParams;
using interconnect::Joins;
using Vertex = machine::Graph::Vertex;

bool joins(const MachineParams& params, Joins what) {
  return params.interconnect && params.interconnect->joins == what;
}

zen3::Zen3Params host_of(const MachineParams& params) {
  zen3::Zen3Params host = params.host;
  if (joins_sockets(params))
    host.transfer_cross = host.transfer_socket + params.interconnect->transfer();
  return host;
}

memory::Node nic_node(const MachineParams& params) {
  return {.memory = params.nic.caches.domain(),
          .directory = params.interconnect->directory,
          .asks = params.interconnect->asks_host ? 0 : memory::kNoNode};
}

memory::Node socket_node(const MachineParams& params) {
  return {.memory = params.host.caches,
          .directory = params.interconnect ? params.interconnect->directory : sim::Duration{0}};
}

}  // namespace

bool joins_nic(const MachineParams& params) {
  return joins(params, Joins::kNic);
}

bool joins_sockets(const MachineParams& params) {
  return joins(params, Joins::kSockets);
}

namespace {

/// Without PCIe, by which no cache hears of another.
Machine coherent_part(const MachineParams& params) {
  Machine m;
  m.host = zen3::add_to(m.graph, host_of(params),
                        joins_sockets(params) ? params.interconnect->bandwidth : sim::Bandwidth{});
  m.nic = mount_evans::add_to(m.graph, params.nic, params.pcie.endpoint.bar_to_mesh);
  if (joins_nic(params))
    m.graph.connect(m.host.io_dies.front(), m.nic.mesh, params.interconnect->transfer(),
                    params.interconnect->bandwidth);
  return m;
}

}  // namespace

Machine make_machine(const MachineParams& params) {
  Machine m = coherent_part(params);
  zen3::add_root_ports(m.graph, m.host, params.host, params.pcie.root_complex.core_to_root_port);
  m.graph.connect(m.host.root_ports.front(), m.nic.endpoint, params.pcie.link.one_way(),
                  params.pcie.link.tlp_bandwidth());
  return m;
}

memory::Joined coherence_of(const MachineParams& params, const std::vector<int>& threads) {
  const Machine machine = coherent_part(params);
  memory::Joined joined;
  std::vector<Vertex> cores;
  std::vector<Vertex> centres;  // what a node's traffic to other nodes goes through
  const auto add_node = [&](const memory::Node& node, Vertex centre) {
    joined.nodes.push_back(node);
    centres.push_back(centre);
  };
  const int last_socket =
      *std::max_element(threads.begin(), threads.end()) / params.host.threads_per_socket();
  for (int s = 0; s <= last_socket; ++s)
    add_node(socket_node(params), machine.host.io_dies[static_cast<std::size_t>(s)]);
  for (const int thread : threads) {
    cores.push_back(machine.host.threads[static_cast<std::size_t>(thread)]);
    joined.node_of.push_back(thread / params.host.threads_per_socket());
  }
  if (joins_nic(params)) {
    add_node(nic_node(params), machine.nic.mesh);
    cores.insert(cores.end(), machine.nic.cores.begin(), machine.nic.cores.end());
    joined.node_of.resize(cores.size(), last_socket + 1);
  }
  joined.transfer = machine.graph.table(cores);
  joined.apart = machine.graph.table(centres);
  return joined;
}

}  // namespace experiments
