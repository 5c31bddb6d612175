// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/requests.h"

#include <algorithm>
#include <cmath>

#include "subsystems/rpc/body_lines.h"

namespace rpc {

using memory::kCacheLine;

namespace {

constexpr std::int64_t kPlaceAligned = 4096;

/// A place begins at a page, so that what is short needs one translation.
std::int64_t stride(const ChannelParams& params) {
  const std::int64_t bytes = (1 + params.body_room) * kCacheLine;
  return (bytes + kPlaceAligned - 1) / kPlaceAligned * kPlaceAligned;
}

}  // namespace

Requests::Requests(sim::Simulation& sim, memory::Domain& home, memory::NodeIndex node, int workers,
                   std::uint64_t address, const ChannelParams& params, memory::Path* across)
    : params_(params),
      lines_each_(across != nullptr ? 1 + params.body_room : 1),
      address_(address),
      region_(sim, "requests", home, sim::Bytes{workers * lines_each_ * kCacheLine}, node),
      own_(region_, memory::MemoryType::kWriteBack),
      places_(static_cast<std::size_t>(workers), Place{.body = memory::CoherentLine(node)}) {
  if (across != nullptr) across_.emplace(region_, params.request_mapping, *across);
}

// The stack's

void Requests::write(core::Core& stack, int worker, const Header& header) {
  const Line next = next_line(worker, header);
  body_arrives(worker, lines_of(header.body_bytes));
  stack.store(own_, line(worker), std::as_bytes(std::span(next)));
}

pcie::Transfer Requests::transfer(int worker, const Header& header) {
  place(worker).on_its_way = next_line(worker, header);
  pcie::Transfer transfer{
      .kind = pcie::Transfer::Kind::kToHost,
      .host_address = address_ + static_cast<std::uint64_t>(worker * stride(params_)),
      .size = sim::Bytes{kCacheLine + header.body_bytes},
      .memory = pcie::HostMemory::kDram};
  transfer.load = [](sim::Bytes, std::span<std::byte>) {};
  transfer.store = [this, worker](sim::Bytes offset, std::span<const std::byte>) {
    land(worker, offset);
  };
  return transfer;
}

/// A worker has one request at a time.
Requests::Line Requests::next_line(int worker, const Header& header) {
  Place& own = place(worker);
  SIM_CHECK(own.taken == own.given);
  Line next{++own.given};
  std::ranges::copy(to_words(header), next.begin() + 1);
  return next;
}

/// What a burst brings: the first one the line, each one some of the body.
void Requests::land(int worker, sim::Bytes offset) {
  if (offset.count == 0)
    region_.write_by_device(line(worker), std::as_bytes(std::span(place(worker).on_its_way)),
                            device_, true, params_.lands());
  place(worker).body.write_by_device(params_.lands());
}

/// The lines of a body in the NIC's memory are written anew, so that a worker which still has old
/// copies is found out.
void Requests::body_arrives(int worker, std::int64_t lines) {
  place(worker).body.write_by_device(params_.lands());
  if (!across_) return;
  const std::uint64_t number = place(worker).given;
  for (std::int64_t l = 1; l <= std::min<std::int64_t>(lines, params_.body_room); ++l)
    region_.write_by_device(line(worker) + l * kCacheLine, std::as_bytes(std::span(&number, 1)),
                            device_);
}

// The worker's

Header Requests::take(core::Core& cpu, int worker) {
  memory::Mapping& mapping = across_ ? *across_ : own_;
  drop_copies(cpu, line(worker), 1);
  Line here{};
  cpu.load(mapping, line(worker), std::as_writable_bytes(std::span(here)));
  SIM_CHECK(here[0] == ++place(worker).taken);  // the request that the worker was told of
  const Header header = to_header({here[1], here[2], here[3]});
  const auto lines = static_cast<double>(lines_of(header.body_bytes));
  read_body(cpu, worker, static_cast<std::int64_t>(std::ceil(lines * params_.body_read)));
  return header;
}

void Requests::read_body(core::Core& cpu, int worker, std::int64_t lines) {
  if (lines == 0) return;
  if (across_) {
    for (std::int64_t left = lines; left > 0; left -= params_.body_room)
      read_body_across(cpu, line(worker) + kCacheLine,
                       std::min<std::int64_t>(left, params_.body_room));
    return;
  }
  const sim::Duration each = place(worker).body.read(cpu.domain(), cpu.index());
  cpu.spend(time_for_lines(lines, each, params_.lines_ahead));
}

void Requests::read_body_across(core::Core& cpu, std::int64_t offset, std::int64_t lines) {
  drop_copies(cpu, offset, lines);
  const std::int64_t ahead = params_.lines_ahead;
  std::array<std::byte, kCacheLine> bytes;
  for (std::int64_t l = 0; l < lines + ahead; ++l) {
    if (l >= ahead) cpu.load(*across_, offset + (l - ahead) * kCacheLine, bytes);
    if (l < lines) cpu.prefetch(*across_, offset + l * kCacheLine);
  }
}

/// Nothing on PCIe tells a cache that the NIC has written.
void Requests::drop_copies(core::Core& cpu, std::int64_t offset, std::int64_t lines) {
  if (!across_ || across_->type() != memory::MemoryType::kWriteThrough) return;
  for (std::int64_t l = 0; l < lines; ++l) cpu.flush(*across_, offset + l * kCacheLine);
  cpu.full_fence();
}

}  // namespace rpc
