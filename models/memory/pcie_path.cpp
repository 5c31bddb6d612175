// SPDX-License-Identifier: Apache-2.0
#include "models/memory/pcie_path.h"

namespace memory {
namespace {

sim::Bytes size_of(std::span<const std::byte> bytes) {
  return {static_cast<std::int64_t>(bytes.size())};
}

}  // namespace

void PciePath::write(Region& region, std::int64_t offset, std::span<const std::byte> data,
                     const std::string& who, bool complete, sim::Duration later) {
  PostedWrite* write = writes_.take(region, offset, data, who, complete);
  mmio_.write(
      size_of(data), [this, write] { writes_.arrive(write); }, later);
}

void PciePath::read(const PathRead& read, sim::Duration later) {
  ExpiringReads::Read* mine = reads_.take(read);
  mmio_.read(
      size_of(read.into), [this, mine] { return reads_.serve(mine); },
      [this, mine] { reads_.finish(mine); }, [this, mine] { reads_.expire(mine); }, later);
}

}  // namespace memory
