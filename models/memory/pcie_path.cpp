// SPDX-License-Identifier: Apache-2.0
#include "models/memory/pcie_path.h"

#include <cstring>

namespace memory {

void PciePath::write(Region& region, std::int64_t offset, std::span<const std::byte> data,
                     const std::string& who, bool complete) {
  Posted& posted = posted_.emplace_back(Posted{&region, offset, data.size(), &who, complete, {}});
  std::memcpy(posted.bytes.data(), data.data(), data.size());
  mmio_.write(sim::Bytes{static_cast<std::int64_t>(data.size())}, [this] { arrive(); });
}

void PciePath::arrive() {
  const Posted& posted = posted_.front();
  posted.region->write_by_device(posted.offset, std::span(posted.bytes).first(posted.size),
                                 *posted.who, posted.complete);
  posted_.pop_front();
}

void PciePath::read(const PathRead& read) {
  if (unused_.empty()) unused_.push_back(&reads_.emplace_back());
  PathRead* mine = unused_.back();
  unused_.pop_back();
  *mine = read;
  mmio_.read(
      sim::Bytes{static_cast<std::int64_t>(read.into.size())}, [mine] { return mine->sample(); },
      [this, mine] { finish(mine); });
}

void PciePath::finish(PathRead* read) {
  const PathRead finished = *read;
  unused_.push_back(read);
  finished.done(finished.context);
}

}  // namespace memory
