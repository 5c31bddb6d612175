// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/root_complex.h"

#include <algorithm>

#include "sim/check.h"

namespace pcie {

RootComplex::RootComplex(sim::Simulation& sim, const PcieParams& params)
    : sim_(sim), params_(params.root_complex), memory_(params.host_memory), iommu_(params.iommu) {
  SIM_CHECK(!check(params));
}

Time RootComplex::accept_write(std::uint64_t address, HostMemory memory) {
  const Time now = sim_.now();
  Time visible = now + iommu_.walk(address, now) + memory_.write_visible + remote(memory);
  while (!invisible_.empty() && invisible_.front().visible <= now) invisible_.pop_front();
  if (!invisible_.empty()) visible = std::max(visible, invisible_.back().visible);
  invisible_.push_back({now - inbound(), visible});
  return visible;
}

Time RootComplex::accept_read(std::uint64_t address) {
  const Time now = sim_.now();
  return std::max(now + iommu_.walk(address, now), visible_by(now - inbound()));
}

Duration RootComplex::read_service(HostMemory memory) const {
  const bool cached = memory == HostMemory::kCache || memory == HostMemory::kRemoteCache;
  return (cached ? memory_.cache_hit : memory_.dram) + remote(memory) + params_.fabric;
}

Time RootComplex::visible_by(Time arrival) const {
  SIM_CHECK(arrival + inbound() <= sim_.now());
  if (invisible_.empty()) return Time::min();
  const auto younger =
      std::upper_bound(invisible_.begin(), invisible_.end(), arrival,
                       [](Time t, const Write& write) { return t < write.arrived; });
  return younger == invisible_.begin() ? Time::min() : std::prev(younger)->visible;
}

Duration RootComplex::remote(HostMemory memory) const {
  const bool far = memory == HostMemory::kRemoteDram || memory == HostMemory::kRemoteCache;
  return far ? memory_.remote : Duration{};
}

}  // namespace pcie
