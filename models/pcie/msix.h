// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "models/pcie/link.h"
#include "models/pcie/root_complex.h"

namespace pcie {

/// The device's interrupts: each a posted write behind those sent before it, then the host's way
/// from the point of ordering to the core. A handler that runs on it sees the data written first.
///
/// Not modelled: masking and the pending-bit array, coalescing, what sender and receiver pay.
class Msix {
 public:
  struct Stats {
    std::int64_t sent = 0;
    std::int64_t delivered = 0;
    std::int64_t lost = 0;

    static void describe(auto&& stat) {
      stat(&Stats::sent, "sent", "interrupts handed to the link");
      stat(&Stats::delivered, "delivered", "interrupts that reached their core");
      stat(&Stats::lost, "lost", "interrupts dropped in the host by an injected fault");
    }
  };

  Msix(sim::Simulation& sim, Link& link, RootComplex& root, const MsixParams& params);

  /// `delivered()` runs when the core, on socket `to`, takes the vector; it may hold up to three
  /// pointers. False when a fault will lose the interrupt and `delivered` is dropped: for
  /// bookkeeping only.
  template <class F>
  bool send(int vector, F delivered, Socket to = Socket::kLocal) {
    ++stats_.sent;
    const Legs legs{.to_completer = root_.inbound()};
    if (lose(vector)) {
      link_.post(Direction::kToRootComplex, MsixParams::kPayload, legs, [] {});
      return false;
    }
    link_.post(Direction::kToRootComplex, MsixParams::kPayload, legs,
               [this, to, f = std::move(delivered)]() mutable { deliver(to, std::move(f)); });
    return true;
  }

  /// A fault: interrupts for which this holds when they are sent are lost in the host.
  void lose_if(std::function<bool(int vector)> lost) { lost_ = std::move(lost); }

  const Stats& stats() const { return stats_; }

 private:
  /// When a core of the socket takes a vector that is at the point of ordering now.
  Time delivery(Socket to) const;
  bool lose(int vector);

  template <class F>
  void deliver(Socket to, F delivered) {
    sim_.at(delivery(to), [this, f = std::move(delivered)]() mutable {
      ++stats_.delivered;
      f();
    });
  }

  sim::Simulation& sim_;
  Link& link_;
  RootComplex& root_;
  const MsixParams params_;
  Stats stats_;
  std::function<bool(int)> lost_;
};

}  // namespace pcie
