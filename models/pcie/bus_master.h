// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "models/pcie/link.h"
#include "models/pcie/root_complex.h"
#include "sim/callback.h"
#include "sim/simulation.h"

namespace pcie {

/// A device's accesses to host memory that no DMA descriptor describes: those of a NIC's packet
/// engines to rings and packet buffers. Each goes to the link when it is made, in order; nothing
/// but the link and the root complex limits them.
///
/// Not modelled: more than one translation for an access.
class BusMaster {
 public:
  BusMaster(sim::Simulation& sim, Link& link, RootComplex& root)
      : sim_(sim), link_(link), root_(root) {}
  BusMaster(const BusMaster&) = delete;
  BusMaster& operator=(const BusMaster&) = delete;

  /// `visible()` runs when every core sees the write, and then also all that were made before it
  /// are visible.
  template <class F>
  void write(std::uint64_t address, Bytes size, HostMemory memory, F visible) {
    Access& access = take(address, memory);
    access.done.set(std::move(visible));
    link_.post(Direction::kToRootComplex, size, {.to_completer = root_.inbound()},
               [this, &access] { arrive(access); });
  }
  /// The same where nobody looks before a later write is visible.
  void write(std::uint64_t address, Bytes size, HostMemory memory);

  /// A read that is ready `later` from now. `taken()` runs when bytes leave memory, once for each
  /// request that the link splits it into; `done()` when the last one is at the device.
  template <class Taken, class Done>
  void read(std::uint64_t address, Bytes size, HostMemory memory, Duration later, Taken taken,
            Done done) {
    Access& access = take(address, memory);
    access.taken.set(std::move(taken));
    access.done.set(std::move(done));
    link_.read(
        Direction::kToRootComplex, size, {.to_wire = later, .to_completer = root_.inbound()},
        [this, &access] { return serve(access); }, [this, &access] { finish(access); });
  }

 private:
  struct Access {
    std::uint64_t address = 0;
    HostMemory memory = HostMemory::kDram;
    sim::Callback<void()> taken;
    sim::Callback<void()> done;
  };

  Access& take(std::uint64_t address, HostMemory memory);
  void arrive(Access& access);
  Duration serve(Access& access);
  void finish(Access& access);

  sim::Simulation& sim_;
  Link& link_;
  RootComplex& root_;
  std::deque<Access> accesses_;  // stay where they are
  std::vector<Access*> unused_;
};

}  // namespace pcie
