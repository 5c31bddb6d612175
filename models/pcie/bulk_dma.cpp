// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/bulk_dma.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace pcie {
namespace {

/// What is left for payload when each packet of `payload` has a header.
Bandwidth payload_bandwidth(const LinkParams& link, Bytes payload, Bytes header) {
  const sim::detail::Int128 bits =
      sim::detail::Int128{link.tlp_bandwidth().bits_per_second()} * payload.count;
  return Bandwidth::bits_per_second(static_cast<std::int64_t>(bits / (payload + header).count));
}

Duration inbound(const PcieParams& p) {
  return p.root_complex.fabric + (p.iommu.enabled ? p.iommu.hit : Duration{});
}

}  // namespace

BulkDma::BulkDma(sim::Simulation& sim, const PcieParams& p)
    : sim_(sim),
      setup_(p.dma.setup),
      to_host_(std::min(p.dma.bandwidth,
                        payload_bandwidth(p.link, p.link.max_payload, p.link.write_header))),
      from_host_(std::min(p.dma.bandwidth, payload_bandwidth(p.link, p.link.completion_payload(),
                                                             p.link.completion_header))),
      way_to_host_(p.link.one_way() + inbound(p) + p.host_memory.write_visible),
      way_from_host_(2 * p.link.one_way() + inbound(p) + p.host_memory.dram +
                     p.root_complex.fabric + p.dma.landing),
      engine_free_(static_cast<std::size_t>(p.dma.engines)) {}

void BulkDma::submit(Kind kind, Bytes size, std::function<void()> done) {
  SIM_CHECK(size > 0_B);
  Time& engine = *std::min_element(engine_free_.begin(), engine_free_.end());
  const Time ready = std::max(sim_.now(), engine) + setup_;
  const Time begin = std::max(ready, port_free_);
  const Duration takes = bandwidth(kind).time_for(size);
  port_free_ = begin + takes;
  const Time end = port_free_ + (kind == Kind::kToHost ? way_to_host_ : way_from_host_);
  engine = kind == Kind::kToHost ? port_free_ : end;
  ++stats_.transfers;
  (kind == Kind::kToHost ? stats_.to_host : stats_.from_host) += size;
  stats_.busy += takes;
  if (observer_ != nullptr) [[unlikely]]
    observer_->has_moved({kind == Kind::kToHost, size, ready - setup_, engine});
  sim_.at(end, std::move(done));
}

}  // namespace pcie
