// SPDX-License-Identifier: Apache-2.0
#include "models/machine/graph.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/graphviz.hpp>
#include <fmt/format.h>
#include <sstream>
#include <utility>

namespace machine {

struct Part {
  Kind kind;
  std::string name;
};

struct Connection {
  std::int64_t picoseconds;
  sim::Bandwidth bandwidth;
};

using Adjacency =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, Part, Connection>;

namespace {

const char* shape(Kind kind) {
  switch (kind) {
    case Kind::kThread:
    case Kind::kCore:
    case Kind::kNicCore:
      return "box";
    case Kind::kMemory:
    case Kind::kCache:
      return "cylinder";
    case Kind::kRootPort:
    case Kind::kEndpoint:
      return "hexagon";
    case Kind::kCcx:
    case Kind::kIoDie:
    case Kind::kMesh:
      return "ellipse";
  }
  return "ellipse";
}

std::string label(const Connection& c) {
  std::string latency = fmt::format("{} ns", static_cast<double>(c.picoseconds) / 1e3);
  if (c.bandwidth.bits_per_second() == 0) return latency;
  return fmt::format("{}, {:.4g} GB/s", latency,
                     static_cast<double>(c.bandwidth.bits_per_second()) / 8e9);
}

}  // namespace

struct Graph::Impl {
  Adjacency graph;
};

Graph::Graph() : impl_(std::make_unique<Impl>()) {}
Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;

Graph::Vertex Graph::add(Kind kind, std::string name) {
  return boost::add_vertex(Part{kind, std::move(name)}, impl_->graph);
}

void Graph::connect(Vertex a, Vertex b, sim::Duration latency, sim::Bandwidth bandwidth) {
  boost::add_edge(a, b, Connection{latency.count(), bandwidth}, impl_->graph);
}

std::size_t Graph::size() const {
  return boost::num_vertices(impl_->graph);
}

const std::string& Graph::name(Vertex vertex) const {
  return impl_->graph[vertex].name;
}

std::vector<Graph::Vertex> Graph::all(Kind kind) const {
  std::vector<Vertex> found;
  for (Vertex v = 0; v < size(); ++v)
    if (impl_->graph[v].kind == kind) found.push_back(v);
  return found;
}

std::vector<sim::Duration> Graph::latencies(Vertex from) const {
  std::vector<std::int64_t> distance(size());
  boost::dijkstra_shortest_paths(
      impl_->graph, from,
      boost::weight_map(boost::get(&Connection::picoseconds, impl_->graph))
          .distance_map(boost::make_iterator_property_map(
              distance.begin(), boost::get(boost::vertex_index, impl_->graph))));
  std::vector<sim::Duration> result;
  for (const std::int64_t ps : distance) result.emplace_back(ps);
  return result;
}

std::vector<sim::Duration> Graph::table(const std::vector<Vertex>& parts) const {
  std::vector<sim::Duration> rows;
  rows.reserve(parts.size() * parts.size());
  for (const Vertex from : parts) {
    const std::vector<sim::Duration> all = latencies(from);
    for (const Vertex to : parts) rows.push_back(all[to]);
  }
  return rows;
}

std::string Graph::dot() const {
  std::ostringstream out;
  boost::write_graphviz(
      out, impl_->graph,
      [this](std::ostream& o, Vertex v) {
        const Part& part = impl_->graph[v];
        o << fmt::format("[label=\"{}\", shape={}]", part.name, shape(part.kind));
      },
      [this](std::ostream& o, const auto& edge) {
        o << fmt::format("[label=\"{}\"]", label(impl_->graph[edge]));
      },
      [](std::ostream& o) { o << "graph [overlap=false, splines=true]\nnode [fontsize=10]\n"; });
  return out.str();
}

}  // namespace machine
