// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "models/memory/path.h"
#include "models/memory/posted_writes.h"
#include "models/pcie/mmio.h"

namespace memory {

/// Host cores reach the NIC's memory through its PCIe BAR. A read that the root port gives up
/// brings all ones, also into a cache: what it means is the software's to find out.
///
/// The root port is the first node's; a second path may be given for the cores of other nodes.
///
/// Not modelled: a core that waits because the root port has no room for another posted write (they
/// queue without end); the error that is reported besides.
class PciePath : public Path {
 public:
  explicit PciePath(pcie::Mmio& mmio, PciePath* from_other_socket = nullptr)
      : Path(from_other_socket), mmio_(mmio) {}
  PciePath(pcie::Mmio& mmio, pcie::Socket socket) : mmio_(mmio), socket_(socket) {}

  void write(Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete, sim::Duration later) override;
  void read(const PathRead& read, sim::Duration later) override;

 private:
  sim::Duration serve(ExpiringReads::Read* read);

  pcie::Mmio& mmio_;
  const pcie::Socket socket_ = pcie::Socket::kLocal;
  PostedWrites writes_;
  ExpiringReads reads_;
};

}  // namespace memory
