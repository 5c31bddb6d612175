// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/units.h"

namespace machine {

enum class Kind {
  kThread,
  kCore,
  kCcx,
  kIoDie,
  kRootPort,
  kEndpoint,
  kMesh,
  kCache,
  kMemory,
  kNicCore
};

/// The machine as a graph: parts and the connections between them, with what crossing a connection
/// takes. Latencies between parts are shortest paths; models ask for them once, when they are
/// built.
class Graph {
 public:
  using Vertex = std::size_t;

  Graph();
  ~Graph();
  Graph(Graph&&) noexcept;

  Vertex add(Kind kind, std::string name);
  /// A connection that takes `latency` either way. `bandwidth` is for the picture; zero: not drawn.
  void connect(Vertex a, Vertex b, sim::Duration latency, sim::Bandwidth bandwidth = {});

  std::size_t size() const;
  const std::string& name(Vertex vertex) const;
  /// All parts of a kind, in the order in which they were added.
  std::vector<Vertex> all(Kind kind) const;

  /// The shortest way from `from` to every part.
  std::vector<sim::Duration> latencies(Vertex from) const;
  sim::Duration latency(Vertex from, Vertex to) const { return latencies(from)[to]; }
  /// The latencies between `parts`, row by row.
  std::vector<sim::Duration> table(const std::vector<Vertex>& parts) const;

  /// The picture, for Graphviz.
  std::string dot() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace machine
