// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "models/pcie/iommu.h"
#include "models/pcie/params.h"
#include "sim/simulation.h"

namespace pcie {

/// Which socket a core sits on, as seen from the root port.
enum class Socket : std::uint8_t { kLocal, kRemote };

/// Where the bytes of a device's access are.
enum class HostMemory : std::uint8_t { kDram, kCache, kRemoteDram, kRemoteCache };

/// The host behind the root port: translation, and the one point at which the device's accesses are
/// put in order. Everything from the device is brought here `inbound()` after its arrival at the
/// root port. A write becomes visible no earlier than the one before it; a read of host memory, an
/// interrupt, and a completion on its way to a core wait for the writes that arrived before them.
///
/// Not modelled: bandwidth and banks of host memory, DDIO's share of the cache filling up.
class RootComplex {
 public:
  RootComplex(sim::Simulation& sim, const PcieParams& params);
  RootComplex(const RootComplex&) = delete;
  RootComplex& operator=(const RootComplex&) = delete;

  /// From the root port to the point of ordering, for what needs no walk.
  Duration inbound() const { return params_.fabric + iommu_.lookup(); }

  // At the point of ordering:
  /// A write of the device. When every core and device sees it.
  Time accept_write(std::uint64_t address, HostMemory memory);
  /// A read of the device. When memory is looked at.
  Time accept_read(std::uint64_t address);
  /// From there until the completions can leave the root port.
  Duration read_service(HostMemory memory) const;

  /// When all writes that reached the root port by `arrival` are visible, or sooner when that is
  /// past. Not before `arrival + inbound()`, when it is first known.
  Time visible_by(Time arrival) const;

  /// More, each way, than for a core of the root port's own socket.
  Duration to(Socket socket) const {
    return socket == Socket::kLocal ? Duration{} : params_.remote_socket;
  }

  const RootComplexParams& params() const { return params_; }
  const Iommu& iommu() const { return iommu_; }

 private:
  struct Write {
    Time arrived;
    Time visible;
  };
  Duration remote(HostMemory memory) const;

  sim::Simulation& sim_;
  const RootComplexParams params_;
  const HostMemoryParams memory_;
  Iommu iommu_;
  std::deque<Write> invisible_;  // accepted, oldest first; the past ones go at the next write
};

}  // namespace pcie
