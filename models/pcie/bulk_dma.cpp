// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/bulk_dma.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/check.h"

namespace pcie {
namespace {

constexpr Bytes kPage = 4_KiB;       // no burst crosses one
constexpr Bytes kCreditUnit = 16_B;  // of data

/// `times` as much as `size` in every `span`.
Bandwidth every(Duration span, std::int64_t times, Bytes size) {
  const sim::detail::Int128 bits = sim::detail::Int128{8} * times * size.count * 1'000'000'000'000;
  return Bandwidth::bits_per_second(static_cast<std::int64_t>(bits / span.count()));
}

/// What one page of a transfer becomes: bursts, of these requests if it is read, of these packets.
struct Cut {
  Bytes packet;   // payload of the largest
  Bytes on_wire;  // all packets of the page
  std::int64_t packets = 0;
  std::int64_t units = 0;  // of data credits

  Cut(Bytes burst, Bytes request, Bytes largest, Bytes header)
      : packet(std::min({burst, request, largest, kPage})) {
    for (Bytes left = kPage; left > 0_B; left -= std::min(left, burst))
      for (Bytes in_burst = std::min(left, burst); in_burst > 0_B;
           in_burst -= std::min(in_burst, request))
        for (Bytes in_request = std::min(in_burst, request); in_request > 0_B;
             in_request -= std::min(in_request, largest))
          add(std::min(in_request, largest), header);
  }
  void add(Bytes payload, Bytes header) {
    constexpr Bytes kWireWord = 4_B;
    on_wire += divide_up(payload + header, kWireWord) * kWireWord;
    units += divide_up(payload, kCreditUnit);
    ++packets;
  }
};

Bandwidth wire_allows(const LinkParams& link, const Cut& cut) {
  const sim::detail::Int128 bits =
      sim::detail::Int128{link.tlp_bandwidth().bits_per_second()} * kPage.count;
  return Bandwidth::bits_per_second(static_cast<std::int64_t>(bits / cut.on_wire.count));
}

/// Room for so many packets and so much payload, of which each packet takes its part from its start
/// until its credits are back.
Bandwidth credits_allow(const LinkParams& link, const Cut& cut, Bytes header, int packets,
                        int units) {
  if (packets == 0) return Bandwidth::bits_per_second(std::numeric_limits<std::int64_t>::max());
  const Duration loop =
      link.tlp_bandwidth().time_for(header + cut.packet) + link.one_way() + link.credit_return;
  const Bandwidth by_packets = every(cut.packets * loop, packets, kPage);
  if (units == 0) return by_packets;
  const std::int64_t largest = divide_up(cut.packet, kCreditUnit);
  return std::min(by_packets, every(cut.units * loop, units / largest * largest, kPage));
}

Duration inbound(const PcieParams& p) {
  return p.root_complex.fabric + (p.iommu.enabled ? p.iommu.hit : Duration{});
}

Duration way_from_host(const PcieParams& p) {
  return 2 * p.link.one_way() + inbound(p) + p.host_memory.dram + p.root_complex.fabric +
         p.dma.landing;
}

/// From a read's start until all of it has landed, serialisation included.
Duration round_trip(const PcieParams& p, Bytes size) {
  const Cut cut(size, p.link.max_read_request, p.link.completion_payload(),
                p.link.completion_header);
  const Bandwidth wire = p.link.tlp_bandwidth();
  const auto part =
      static_cast<std::int64_t>(sim::detail::Int128{cut.on_wire.count} * size.count / kPage.count);
  return wire.time_for(p.link.read_header) + way_from_host(p) + wire.time_for(Bytes{part});
}

Bandwidth to_host(const PcieParams& p) {
  const LinkParams& l = p.link;
  const Cut cut(p.dma.burst, p.dma.burst, l.max_payload, l.write_header);
  return std::min(
      {p.dma.bandwidth, wire_allows(l, cut),
       credits_allow(l, cut, l.write_header, l.posted_header_credits, l.posted_data_credits)});
}

/// What port, link and tags allow; engines besides wait for their own bursts.
Bandwidth from_host(const PcieParams& p) {
  const LinkParams& l = p.link;
  const Bytes request = std::min({p.dma.burst, l.max_read_request, kPage});
  const Cut requests(p.dma.burst, l.max_read_request, l.max_read_request, 0_B);
  const Cut completions(p.dma.burst, l.max_read_request, l.completion_payload(),
                        l.completion_header);
  const Duration asked = l.tlp_bandwidth().time_for(l.read_header);
  const Bandwidth requests_allow = every(requests.packets * asked, 1, kPage);
  const Bandwidth tags_allow = every(requests.packets * round_trip(p, request), l.tags, kPage);
  Bandwidth room = Bandwidth::bits_per_second(std::numeric_limits<std::int64_t>::max());
  if (l.nonposted_header_credits > 0)
    room = every(requests.packets * (asked + l.one_way() + l.credit_return),
                 l.nonposted_header_credits, kPage);
  return std::min({p.dma.bandwidth, wire_allows(l, completions), requests_allow, tags_allow, room,
                   credits_allow(l, completions, l.completion_header, l.completion_header_credits,
                                 l.completion_data_credits)});
}

}  // namespace

BulkDma::BulkDma(sim::Simulation& sim, const PcieParams& p)
    : sim_(sim),
      setup_(p.dma.setup),
      to_host_(to_host(p)),
      from_host_(from_host(p)),
      way_to_host_(p.link.one_way() + inbound(p) + p.host_memory.write_visible),
      way_from_host_(way_from_host(p)),
      window_(p.dma.reads_in_flight * std::min(p.dma.burst, kPage)),
      round_trip_(round_trip(p, std::min(p.dma.burst, kPage))),
      engine_free_(static_cast<std::size_t>(p.dma.engines)) {}

void BulkDma::submit(Kind kind, Bytes size, std::function<void()> done) {
  SIM_CHECK(size > 0_B);
  Time& engine = *std::min_element(engine_free_.begin(), engine_free_.end());
  const Time ready = std::max(sim_.now(), engine) + setup_;
  const Time begin = std::max(ready, port_free_);
  const Duration takes = bandwidth(kind).time_for(size);
  port_free_ = begin + takes;
  const Time end = kind == Kind::kToHost
                       ? port_free_ + way_to_host_
                       : std::max(port_free_, ready + waits(size)) + way_from_host_;
  engine = kind == Kind::kToHost ? port_free_ : end;
  ++stats_.transfers;
  (kind == Kind::kToHost ? stats_.to_host : stats_.from_host) += size;
  stats_.busy += takes;
  if (observer_ != nullptr) [[unlikely]]
    observer_->has_moved({kind == Kind::kToHost, size, ready - setup_, engine});
  sim_.at(end, std::move(done));
}

/// How long an engine waits for bursts of a read before it can ask for the last ones.
Duration BulkDma::waits(Bytes size) const {
  return (divide_up(size, window_) - 1) * round_trip_;
}

}  // namespace pcie
