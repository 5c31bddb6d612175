// SPDX-License-Identifier: Apache-2.0
#include "models/mount_evans/mount_evans.h"

#include <algorithm>
#include <fmt/format.h>

namespace mount_evans {

using machine::Graph;
using machine::Kind;

namespace {

/// One way beyond a leg that counts once in the round trip that `whole` is. A mesh may be slower
/// than that allows.
sim::Duration beyond(sim::Duration leg, sim::Duration whole) {
  return std::max(whole - leg, sim::Duration{0}) / 2;
}

}  // namespace

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
  graph.connect(slc, mesh, beyond(leg, params.caches.last_level));
  const Graph::Vertex dram = graph.add(Kind::kMemory, "NIC DRAM");
  graph.connect(dram, slc, beyond(params.caches.last_level, params.caches.dram));
  nic.endpoint = graph.add(Kind::kEndpoint, "PCIe endpoint");
  graph.connect(nic.endpoint, mesh, bar_to_mesh);
  return nic;
}

}  // namespace mount_evans
