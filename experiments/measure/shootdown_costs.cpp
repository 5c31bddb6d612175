// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/shootdown_costs.h"

#include <deque>
#include <string>
#include <vector>

#include "experiments/measure/kernel_costs.h"
#include "models/core/core.h"
#include "subsystems/memory/shootdown.h"

namespace experiments {
namespace {

using Vertex = machine::Graph::Vertex;
using sim::Duration;
using sim::Time;

/// The machine's threads, one a core, socket by socket.
struct Sockets {
  machine::Graph graph;
  std::vector<Vertex> threads;
  int sockets = 1;

  int each() const { return static_cast<int>(threads.size()) / sockets; }
};

Sockets sockets_of(const MachineParams& params) {
  Sockets all;
  if (params.host_kind == HostKind::kSkylake) {
    all.threads = skylake::add_to(all.graph, params.skylake).threads;
    all.sockets = params.skylake.sockets;
  } else {
    all.threads = zen3::add_to(all.graph, params.host).threads;
    all.sockets = params.host.sockets;
  }
  return all;
}

/// The lowest-numbered threads of each socket.
std::vector<Vertex> spread(const Sockets& all, int cores) {
  std::vector<Vertex> chosen;
  for (int s = 0; s < all.sockets; ++s)
    for (int c = 0; c < cores / all.sockets; ++c)
      chosen.push_back(all.threads[static_cast<std::size_t>(s * all.each() + c)]);
  return chosen;
}

struct ShootdownBench {
  ShootdownBench(const KernelHost& host, const Sockets& all, int count)
      : per_socket(count / all.sockets),
        domain("host", host.caches, count, all.graph.table(spread(all, count))),
        flush(host.linux_kernel.flush_page),
        shootdown(host.linux_kernel.interrupts, flush) {
    for (int c = 0; c < count; ++c) cores.emplace_back(sim, "cpu", domain, c, host.core);
    for (int c = 1; c < count; ++c) {
      core::Core& core = cores[static_cast<std::size_t>(c)];
      shootdown.add_target(core, c / per_socket);
      core.start([this, c] { shootdown.serve(c - 1); });
    }
  }
  /// The last of some, less the flush of the own TLB.
  Duration run() {
    constexpr int kRounds = 3;
    core::Core& by = cores.front();
    Duration took{};
    by.start([&] {
      for (int round = 0; round < kRounds; ++round) {
        by.sleep_until(by.now() + std::chrono::microseconds{10});
        const Time begin = by.now();
        shootdown.flush(by, 0);
        took = by.now() - begin;
      }
      by.sync();
    });
    sim.run();
    return took - flush;
  }

  const int per_socket;
  sim::Simulation sim;
  memory::Domain domain;
  const Duration flush;  // of the own TLB
  tiering::Shootdown shootdown;
  std::deque<core::Core> cores;
};

}  // namespace

void measure_shootdowns(const MachineParams& params, HardwareResult& result) {
  const KernelHost host = kernel_host(params);
  const Sockets all = sockets_of(params);
  for (const int cores : {2, 4, 16, 120}) {
    if (cores % all.sockets != 0 || cores > static_cast<int>(all.threads.size())) continue;
    ShootdownBench bench(host, all, cores);
    const Duration took = bench.run();
    result.account(bench.sim);
    result.values.emplace_back("shootdown_" + std::to_string(cores) + "_ns", sim::to_ns(took));
  }
}

}  // namespace experiments
