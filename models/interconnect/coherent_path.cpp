// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/coherent_path.h"

#include <algorithm>

namespace interconnect {

CoherentPath::CoherentPath(sim::Simulation& sim, const CoherentLinkParams& params)
    : sim_(sim), params_(params) {}

/// Cores work ahead: what is sent first may leave last. So a packet asks for the wire when it is
/// there.
template <class F>
void CoherentPath::send(Direction direction, sim::Bytes size, sim::Duration later, F arrived,
                        sim::Time* acknowledged) {
  if (later > sim::Duration{0})
    return sim_.after(later, [this, direction, size, arrived, acknowledged] {
      send(direction, size, sim::Duration{0}, arrived, acknowledged);
    });
  sim::Time& free = wire_free_[direction];
  free = std::max(free, sim_.now()) + params_.bandwidth.time_for(size);
  sim_.at(free + params_.crossing, arrived);
  if (acknowledged == nullptr) return;
  const sim::Duration back = params_.crossing + params_.bandwidth.time_for(params_.request);
  *acknowledged = std::max(*acknowledged, free + params_.crossing + back);
}

void CoherentPath::write(memory::Region& region, std::int64_t offset,
                         std::span<const std::byte> data, const std::string& who, bool complete,
                         sim::Duration later) {
  write(region, offset, data, who, complete, later, nullptr);
}

void CoherentPath::write_acknowledged(memory::Region& region, std::int64_t offset,
                                      std::span<const std::byte> data, const std::string& who,
                                      bool complete, sim::Duration later, sim::Time& acknowledged) {
  write(region, offset, data, who, complete, later, &acknowledged);
}

void CoherentPath::write(memory::Region& region, std::int64_t offset,
                         std::span<const std::byte> data, const std::string& who, bool complete,
                         sim::Duration later, sim::Time* acknowledged) {
  memory::PostedWrite* write = writes_.take(region, offset, data, who, complete);
  write->trip = tell_leaves(memory::PathObserver::Kind::kWrite, region, offset, data.size(), later);
  const sim::Bytes size = params_.line_header + sim::Bytes{std::ssize(data)};
  const auto arrive = [this, write] {
    tell_at_memory(write->trip);
    writes_.arrive(write);
  };
  send(kThere, size, later, arrive, acknowledged);
}

void CoherentPath::read(const memory::PathRead& read, sim::Duration later) {
  memory::PathRead* mine = reads_.take(read);
  mine->trip = tell_leaves(memory::PathObserver::Kind::kRead, *read.region, read.offset,
                           read.into.size(), later);
  send(kThere, params_.request, later, [this, mine] {
    const sim::Duration service = mine->sample();
    tell_at_memory(mine->trip, service);
    const sim::Bytes size = params_.line_header + sim::Bytes{std::ssize(mine->into)};
    send(kBack, size, service, [this, mine] {
      tell_back(mine->trip);
      reads_.finish(mine);
    });
  });
}

}  // namespace interconnect
