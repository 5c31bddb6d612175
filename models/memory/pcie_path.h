// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "models/memory/path.h"
#include "models/memory/posted_writes.h"
#include "models/pcie/mmio.h"

namespace memory {

/// Host cores reach the NIC's memory through its PCIe BAR.
class PciePath : public Path {
 public:
  explicit PciePath(pcie::Mmio& mmio) : mmio_(mmio) {}

  void write(Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete, sim::Duration later) override;
  void read(const PathRead& read, sim::Duration later) override;

 private:
  pcie::Mmio& mmio_;
  PostedWrites writes_;
  PathReads reads_;
};

}  // namespace memory
