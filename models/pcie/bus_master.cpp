// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/bus_master.h"

namespace pcie {

void BusMaster::write(std::uint64_t address, Bytes size, HostMemory memory) {
  link_.post(Direction::kToRootComplex, size, {.to_completer = root_.inbound()},
             [this, address, memory] { root_.accept_write(address, memory); });
}

BusMaster::Access& BusMaster::take(std::uint64_t address, HostMemory memory) {
  if (unused_.empty()) unused_.push_back(&accesses_.emplace_back());
  Access& access = *unused_.back();
  unused_.pop_back();
  access.address = address;
  access.memory = memory;
  return access;
}

void BusMaster::arrive(Access& access) {
  sim_.at(root_.accept_write(access.address, access.memory), [this, &access] { finish(access); });
}

/// Memory is looked at when a walk is over, if there is one.
Duration BusMaster::serve(Access& access) {
  const Time now = sim_.now();
  const Time looked_at = root_.accept_read(access.address);
  if (looked_at == now)
    access.taken();
  else
    sim_.at(looked_at, [&access] { access.taken(); });
  return looked_at - now + root_.read_service(access.memory);
}

/// `done` may begin another access, so the slot is handed back after it.
void BusMaster::finish(Access& access) {
  access.done();
  access.done.clear();
  access.taken.clear();
  unused_.push_back(&access);
}

}  // namespace pcie
