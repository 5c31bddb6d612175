// SPDX-License-Identifier: Apache-2.0
#include "models/skylake/skylake.h"

#include <fmt/format.h>

namespace skylake {

using machine::Graph;
using machine::Kind;

Skylake add_to(Graph& graph, const SkylakeParams& params) {
  Skylake host;
  Graph::Vertex previous = 0;
  for (int s = 0; s < params.sockets; ++s) {
    const Graph::Vertex mesh = graph.add(Kind::kMesh, fmt::format("mesh {}", s));
    for (int c = 0; c < params.cores; ++c) {
      host.threads.push_back(graph.add(Kind::kThread, fmt::format("cpu {}", host.threads.size())));
      graph.connect(host.threads.back(), mesh, params.transfer_mesh / 2);
    }
    if (s > 0) graph.connect(previous, mesh, params.transfer_cross - params.transfer_mesh);
    previous = mesh;
  }
  return host;
}

}  // namespace skylake
