// SPDX-License-Identifier: Apache-2.0
#include "models/zen3/zen3.h"

#include <algorithm>
#include <fmt/format.h>

namespace zen3 {
namespace {

using machine::Graph;
using machine::Kind;

/// What each step outwards from a thread takes, so that the way out and back in between two threads
/// sums up to the measured transfer between them.
struct Legs {
  sim::Duration thread;  // thread to core
  sim::Duration core;    // core to its complex
  sim::Duration ccx;     // complex to the I/O die
  sim::Duration socket;  // I/O die to the other one
};

Legs legs(const Zen3Params& p) {
  return {.thread = p.transfer_smt / 2,
          .core = (p.transfer_ccx - p.transfer_smt) / 2,
          .ccx = (p.transfer_socket - p.transfer_ccx) / 2,
          .socket = p.transfer_cross - p.transfer_socket};
}

/// The rest of a way from a thread that takes `whole`.
sim::Duration beyond_io_die(sim::Duration whole, const Legs& l) {
  return std::max(whole - (l.thread + l.core + l.ccx), sim::Duration{0});
}

void add_core(Graph& graph, Zen3& host, const Zen3Params& p, const Legs& l, Graph::Vertex ccx) {
  const std::size_t number = host.threads.size() / static_cast<std::size_t>(p.threads_per_core);
  const Graph::Vertex core = graph.add(Kind::kCore, fmt::format("core {}", number));
  graph.connect(core, ccx, l.core);
  for (int t = 0; t < p.threads_per_core; ++t) {
    host.threads.push_back(graph.add(Kind::kThread, fmt::format("cpu {}", host.threads.size())));
    graph.connect(host.threads.back(), core, l.thread);
  }
}

void add_socket(Graph& graph, Zen3& host, const Zen3Params& p, const Legs& l, int socket) {
  const Graph::Vertex io = graph.add(Kind::kIoDie, fmt::format("I/O die {}", socket));
  for (int c = 0; c < p.ccds; ++c) {
    const Graph::Vertex ccx = graph.add(Kind::kCcx, fmt::format("CCX {}", socket * p.ccds + c));
    graph.connect(ccx, io, l.ccx);
    for (int i = 0; i < p.cores_per_ccd; ++i) add_core(graph, host, p, l, ccx);
  }
  const Graph::Vertex dram = graph.add(Kind::kMemory, fmt::format("DRAM {}", socket));
  // Only what the way to the I/O die and back leaves of a load's latency.
  graph.connect(dram, io, beyond_io_die(p.caches.dram / 2, l));
  host.io_dies.push_back(io);
}

}  // namespace

Zen3 add_to(Graph& graph, const Zen3Params& params, sim::Bandwidth between_sockets) {
  Zen3 host;
  const Legs l = legs(params);
  for (int s = 0; s < params.sockets; ++s) {
    add_socket(graph, host, params, l, s);
    const auto here = host.io_dies.end() - 1;
    if (s > 0) graph.connect(*(here - 1), *here, l.socket, between_sockets);
  }
  return host;
}

void add_root_ports(Graph& graph, Zen3& host, const Zen3Params& params, sim::Duration from_core) {
  for (const Graph::Vertex io : host.io_dies) {
    const std::string name = fmt::format("root port {}", host.root_ports.size());
    host.root_ports.push_back(graph.add(Kind::kRootPort, name));
    graph.connect(host.root_ports.back(), io, beyond_io_die(from_core, legs(params)));
  }
}

}  // namespace zen3
