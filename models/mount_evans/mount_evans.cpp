// SPDX-License-Identifier: Apache-2.0
#include "models/mount_evans/mount_evans.h"

#include <fmt/format.h>

namespace mount_evans {

using machine::Graph;
using machine::Kind;

MountEvans add_to(Graph& graph, const MountEvansParams& params, sim::Duration bar_to_mesh) {
  MountEvans nic;
  const sim::Duration leg = params.core_to_core / 2;
  const Graph::Vertex mesh = graph.add(Kind::kMesh, "mesh");
  nic.mesh = mesh;
  for (int c = 0; c < params.cores; ++c) {
    nic.cores.push_back(graph.add(Kind::kNicCore, fmt::format("N1 core {}", c)));
    graph.connect(nic.cores.back(), mesh, leg);
  }
  const Graph::Vertex slc = graph.add(Kind::kCache, "system-level cache");
  graph.connect(slc, mesh, (params.caches.last_level - leg) / 2);
  const Graph::Vertex dram = graph.add(Kind::kMemory, "NIC DRAM");
  graph.connect(dram, slc, (params.caches.dram - params.caches.last_level) / 2);
  nic.endpoint = graph.add(Kind::kEndpoint, "PCIe endpoint");
  graph.connect(nic.endpoint, mesh, bar_to_mesh);
  return nic;
}

}  // namespace mount_evans
