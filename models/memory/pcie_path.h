// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "models/memory/path.h"
#include "models/pcie/mmio.h"

namespace memory {

/// Host cores reach the NIC's memory through its PCIe BAR.
class PciePath : public Path {
 public:
  explicit PciePath(pcie::Mmio& mmio) : mmio_(mmio) {}

  void write(Region& region, std::int64_t offset, std::span<const std::byte> data,
             const std::string& who, bool complete) override;
  void read(const PathRead& read) override;

 private:
  struct Posted {
    Region* region;
    std::int64_t offset;
    std::size_t size;
    const std::string* who;
    bool complete;
    std::array<std::byte, kCacheLine> bytes;
  };

  void arrive();
  void finish(PathRead* read);

  pcie::Mmio& mmio_;
  std::deque<Posted> posted_;  // arrive in the order in which they were issued
  std::deque<PathRead> reads_;
  std::vector<PathRead*> unused_;
};

}  // namespace memory
