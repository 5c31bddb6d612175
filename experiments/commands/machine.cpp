// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/machine.h"

#include <fmt/format.h>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/points/machine_file.h"
#include "experiments/system/server.h"
#include "experiments/text/text_table.h"

namespace commands {
namespace {

using experiments::Machine;
using experiments::MachineParams;
using Vertex = machine::Graph::Vertex;

/// With --set but without a file the default machine is what they change.
MachineParams params_of(const ExperimentOptions& o) {
  if (!o.file.empty()) return points_of(o).front().params.machine;
  const auto defaults = sim::Document::parse("{}", "the default machine");
  return experiments::expand(defaults, settings_of(o), experiments::read_machine(o.machine))
      .front()
      .params.machine;
}

class Summary {
 public:
  explicit Summary(const Machine& machine) : machine_(machine) {}

  void add(const std::string& what, Vertex from, Vertex to) {
    const machine::Graph& graph = machine_.graph;
    table_.add({what, graph.name(from), graph.name(to),
                fmt::format("{:g} ns", sim::to_ns(graph.latency(from, to)))});
  }
  std::string text() const { return table_.aligned(3); }

 private:
  const Machine& machine_;
  experiments::TextTable table_{{"one way", "from", "to", "latency"}};
};

std::string counts(const Machine& m) {
  return fmt::format("{} host threads, {} NIC cores, {} parts\n\n", m.host.threads.size(),
                     m.nic.cores.size(), m.graph.size());
}

}  // namespace

/// Rows for what a machine of one socket, die or core does not have are left out.
std::string machine_summary(const MachineParams& params) {
  const Machine m = experiments::make_machine(params);
  const auto thread = [&](int i) { return m.host.threads.at(static_cast<std::size_t>(i)); };
  const zen3::Zen3Params& host = params.host;
  const int in_die = host.cores_per_ccd * host.threads_per_core;
  const int in_socket = in_die * host.ccds;
  const Vertex port = m.host.root_ports.front();

  Summary list(m);
  if (host.threads_per_core > 1) list.add("line within a core", thread(0), thread(1));
  if (host.cores_per_ccd > 1)
    list.add("line within a core complex", thread(0), thread(host.threads_per_core));
  if (host.ccds > 1) list.add("line between dies", thread(0), thread(in_die));
  if (host.sockets > 1) list.add("line between sockets", thread(0), thread(in_socket));
  list.add("host core to its root port", thread(0), port);
  list.add("over the link", port, m.nic.endpoint);
  if (experiments::joins_nic(params))
    list.add("line over the coherent link, there and back", m.host.io_dies.front(), m.nic.mesh);
  list.add("host core to NIC core", thread(0), m.nic.cores.front());
  if (m.nic.cores.size() > 1)
    list.add("line between NIC cores", m.nic.cores[0], m.nic.cores.back());
  return counts(m) + list.text();
}

int machine(const MachineOptions& o) {
  const MachineParams params = params_of(o.experiment);
  require_writable(o.experiment.out, files_read(o.experiment));
  deliver(o.experiment.out,
          o.dot ? experiments::make_machine(params).graph.dot() : machine_summary(params));
  return kFine;
}

}  // namespace commands
