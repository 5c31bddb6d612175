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
  region.prefetch(offset);
  PostedWrite* write = writes_.take(region, offset, data, who, complete);
  write->trip = tell_leaves(PathObserver::Kind::kWrite, region, offset, data.size(), later);
  mmio_.write(
      size_of(data),
      [this, write] {
        tell_at_memory(write->trip);
        writes_.arrive(write);
      },
      later, socket_);
}

void PciePath::read(const PathRead& read, sim::Duration later) {
  ExpiringReads::Read* mine = reads_.take(read);
  mine->trip =
      tell_leaves(PathObserver::Kind::kRead, *read.region, read.offset, read.into.size(), later);
  mmio_.read(
      size_of(read.into), [this, mine] { return serve(mine); },
      [this, mine] {
        tell_back(mine->trip);
        reads_.finish(mine);
      },
      [this, mine] {
        tell_expired(mine->trip);
        reads_.expire(mine);
      },
      later, socket_);
}

sim::Duration PciePath::serve(ExpiringReads::Read* read) {
  const std::uint64_t trip = read->trip;
  const sim::Duration service = reads_.serve(read);
  tell_at_memory(trip, service);
  return service;
}

}  // namespace memory
