// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <type_traits>
#include <utility>

#include "models/pcie/link.h"
#include "models/pcie/root_complex.h"

namespace pcie {

/// A core's accesses to the device's memory, from the instant at which they leave the core. What
/// the core itself pays, and how many it may have under way, is the core's business.
///
/// A read pushes: its value does not reach the core before the device's writes that arrived at the
/// root port ahead of it are visible.
class Mmio {
 public:
  Mmio(sim::Simulation& sim, Link& link, const RootComplex& root, const EndpointParams& params)
      : sim_(sim),
        link_(link),
        root_(root),
        legs_{legs_for(root.to(Socket::kLocal), root.params(), params),
              legs_for(root.to(Socket::kRemote), root.params(), params)} {}

  /// A write that leaves the core `later` from now; `arrived()` runs when it is at the device's
  /// memory.
  template <class F>
  void write(Bytes size, F arrived, Duration later = {}, Socket from = Socket::kLocal) {
    link_.post(Direction::kToEndpoint, size, legs(from, later), std::move(arrived));
  }

  /// A read that leaves the core `later` from now; `serve` as for Link::read, at the device's
  /// memory; `done()` at the core.
  template <class Serve, class Done>
  void read(Bytes size, Serve serve, Done done, Duration later = {}, Socket from = Socket::kLocal) {
    link_.read(Direction::kToEndpoint, size, legs(from, later), std::move(serve),
               [this, from, done = std::move(done)]() mutable { push(from, std::move(done)); });
  }
  /// The same, but the root port gives up when no completion comes in time: then `expired()` runs
  /// at the core in place of `done()`.
  template <class Serve, class Done, std::invocable Expired>
  void read(Bytes size, Serve serve, Done done, Expired expired, Duration later = {},
            Socket from = Socket::kLocal) {
    link_.read(
        Direction::kToEndpoint, size, legs(from, later), std::move(serve),
        [this, from, done = std::move(done)]() mutable { push(from, std::move(done)); },
        std::move(expired));
  }

 private:
  static Legs legs_for(Duration to_socket, const RootComplexParams& root,
                       const EndpointParams& endpoint) {
    return {.to_wire = root.core_to_root_port + to_socket,
            .to_completer = endpoint.bar_to_mesh,
            .to_requester = root.root_port_to_core + to_socket};
  }
  Legs legs(Socket from, Duration later = {}) const {
    Legs legs = legs_[static_cast<std::size_t>(from)];
    legs.to_wire += later;
    return legs;
  }

  template <class Done>
  void push(Socket from, Done done) {
    const Time visible = root_.visible_by(sim_.now() - legs(from).to_requester);
    if (visible <= sim_.now()) return done();
    sim_.at(visible, std::move(done));
  }

  sim::Simulation& sim_;
  Link& link_;
  const RootComplex& root_;
  const std::array<Legs, 2> legs_;  // by socket
};

}  // namespace pcie
