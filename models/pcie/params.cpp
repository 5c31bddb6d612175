// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/params.h"

#include <array>
#include <bit>
#include <cstdint>
#include <string>

#include "sim/check.h"

namespace pcie {
namespace {

constexpr int kMostDmaEngines = 1024;       // beyond any device
constexpr int kMostIommuEntries = 1 << 20;  // each takes some 50 B of this computer's memory

struct Signalling {
  std::int64_t bits_per_second;  // of one lane
  std::int64_t useful, coded;    // line encoding
  std::int64_t internal_delay;   // symbols a receiver may take before it acknowledges
};

// By generation. Gen6 is the same formula with its flit efficiency, as the pcie-bench model has it;
// that a flit drops framing and carries a fixed share of data-link packets is not modelled.
constexpr std::array<Signalling, 6> kSignalling{{
    {2'500'000'000, 8, 10, 19},
    {5'000'000'000, 8, 10, 70},
    {8'000'000'000, 128, 130, 115},
    {16'000'000'000, 128, 130, 115},
    {32'000'000'000, 128, 130, 115},
    {64'000'000'000, 242, 256, 115},
}};

constexpr Bytes kDataLinkPacket = 8_B;      // framing and check included
constexpr Bytes kAcknowledgeMargin = 28_B;  // what the guideline adds to the MPS
constexpr Bytes kSkip = 4_B;                // clock compensation, each
constexpr Bytes kSkipInterval = 1538_B;

/// Tenths of a largest packet between two acknowledgements, in the base specification's guideline.
std::int64_t acknowledge_tenths(int lanes, Bytes max_payload) {
  const bool small = max_payload <= 256_B;
  if (lanes == 16) return small ? 30 : 20;
  if (lanes == 8) return small ? 25 : 10;
  return small ? 14 : 10;
}

/// Bytes of packets between two acknowledgements, and between two credit updates. Reproduces the
/// specification's tables for every width and MPS.
Bytes acknowledge_interval(const LinkParams& p, const Signalling& s) {
  const std::int64_t packet = (p.max_payload + kAcknowledgeMargin).count;
  const std::int64_t tenths = acknowledge_tenths(p.lanes, p.max_payload);
  return Bytes{packet * tenths / (std::int64_t{10} * p.lanes) + s.internal_delay};
}

bool power_of_two(Bytes b) {
  return b.count > 0 && std::has_single_bit(std::uint64_t(b.count));
}
bool one_of_widths(int lanes) {
  return lanes <= 16 && power_of_two(Bytes{lanes});
}
bool legal_size(Bytes b) {
  return power_of_two(b) && b >= 128_B && b <= 4096_B;
}
bool both_or_neither(int a, int b) {
  return (a == 0) == (b == 0) && a >= 0 && b >= 0;
}
bool holds_a_packet(int units, Bytes payload) {
  return units == 0 || units * 16_B >= payload;
}

}  // namespace

Bandwidth LinkParams::tlp_bandwidth() const {
  SIM_CHECK(generation >= 1 && generation <= 6);
  const Signalling& s = kSignalling[static_cast<std::size_t>(generation - 1)];
  const std::int64_t raw = lanes * s.bits_per_second * s.useful / s.coded;
  const Bytes interval = acknowledge_interval(*this, s);
  const std::int64_t acks_and_credits = raw * 2 * kDataLinkPacket.count / interval.count;
  const std::int64_t skips = raw * kSkip.count / kSkipInterval.count;
  return Bandwidth::bits_per_second(raw - acks_and_credits - skips);
}

// The flights differ as the round trips of the generations do: 740, 700, 690 and 695 ns.
LinkParams gen3_x8() {
  return {.generation = 3, .lanes = 8, .flight = 150ns};
}
LinkParams gen3_x16() {
  return {.generation = 3, .flight = 150ns};
}
LinkParams gen4_x16() {
  return {};
}
LinkParams gen5_x16() {
  return {.generation = 5, .flight = 125ns};
}
LinkParams gen6_x16() {
  return {.generation = 6, .flight = Duration{127'500}};
}

LinkParams without_credit_limits(LinkParams params) {
  params.posted_header_credits = params.posted_data_credits = 0;
  params.nonposted_header_credits = 0;
  params.completion_header_credits = params.completion_data_credits = 0;
  return params;
}

std::optional<std::string> check(const LinkParams& p) {
  if (p.generation < 1 || p.generation > 6) return "link.generation: 1 to 6";
  if (!one_of_widths(p.lanes)) return "link.lanes: 1, 2, 4, 8 or 16";
  if (!legal_size(p.max_payload)) return "link.max_payload: a power of two, 128 B to 4096 B";
  if (!legal_size(p.max_read_request))
    return "link.max_read_request: a power of two, 128 B to 4096 B";
  if (p.read_completion_boundary != 64_B && p.read_completion_boundary != 128_B)
    return "link.read_completion_boundary: 64 B or 128 B";
  for (const Bytes header : {p.write_header, p.read_header, p.completion_header})
    if (header < 12_B || header > 1_KiB || header.count % 4 != 0)
      return "link headers: whole words, 12 B to 1 KiB";
  if (p.flight <= 0ns) return "link.flight: a time above 0 s";
  constexpr int kMostHops = 64;
  if (p.retimers < 0 || p.retimers > kMostHops || p.switches < 0 || p.switches > kMostHops)
    return "link.retimers, link.switches: 0 to 64";
  if (p.retimer < 0ns || p.switch_hop < 0ns || p.credit_return < 0ns)
    return "link.retimer, link.switch_hop, link.credit_return: not negative";
  if (!both_or_neither(p.posted_header_credits, p.posted_data_credits))
    return "link posted credits: header and data both positive, or both 0 for infinite";
  if (!both_or_neither(p.completion_header_credits, p.completion_data_credits))
    return "link completion credits: header and data both positive, or both 0 for infinite";
  if (p.nonposted_header_credits < 0) return "link.nonposted_header_credits: not negative";
  if (!holds_a_packet(p.posted_data_credits, p.max_payload))
    return "link.posted_data_credits: no packet of max_payload would ever fit";
  if (!holds_a_packet(p.completion_data_credits, p.completion_payload()))
    return "link.completion_data_credits: no completion would ever fit";
  if (p.tags < 1) return "link.tags: at least 1";
  if (p.completion_timeout < 50us) return "link.completion_timeout: at least 50 us";
  return std::nullopt;
}

std::optional<std::string> check(const PcieParams& p) {
  if (auto broken = check(p.link)) return broken;
  if (p.root_complex.core_to_root_port < 0ns || p.root_complex.root_port_to_core < 0ns ||
      p.root_complex.remote_socket < 0ns || p.root_complex.fabric < 0ns)
    return "root_complex: legs must not be negative";
  if (p.host_memory.cache_hit < 0ns || p.host_memory.dram < p.host_memory.cache_hit ||
      p.host_memory.remote < 0ns || p.host_memory.write_visible < 0ns)
    return "host_memory: no negative times, and DRAM no faster than the cache";
  if (p.iommu.hit < 0ns || p.iommu.miss < 0ns) return "iommu.hit, iommu.miss: not negative";
  if (p.iommu.enabled && (p.iommu.entries < 1 || p.iommu.entries > kMostIommuEntries))
    return "iommu.entries: 1 to " + std::to_string(kMostIommuEntries);
  if (!power_of_two(p.iommu.page) || p.iommu.page < 4_KiB)
    return "iommu.page: a power of two, at least 4 KiB";
  if (p.root_complex.fabric + (p.iommu.enabled ? p.iommu.hit : 0ns) >
      p.root_complex.root_port_to_core)
    return "root_complex.root_port_to_core: shorter than the way of a write to memory, so that a "
           "read could not wait for the writes before it";
  if (p.endpoint.bar_to_mesh < 0ns) return "endpoint.bar_to_mesh: not negative";
  if (p.dma.engines < 1 || p.dma.engines > kMostDmaEngines)
    return "dma.engines: 1 to " + std::to_string(kMostDmaEngines);
  if (p.dma.reads_in_flight < 1) return "dma.reads_in_flight: at least 1";
  if (p.dma.setup < 0ns || p.dma.landing < 0ns) return "dma.setup, dma.landing: not negative";
  if (p.dma.bandwidth.bits_per_second() <= 0) return "dma.bandwidth: a bandwidth above 0 B/s";
  if (p.dma.burst < 1_B) return "dma.burst: at least one byte";
  if (p.msix.delivery < 0ns) return "msix.delivery: not negative";
  return std::nullopt;
}

}  // namespace pcie
