// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/network.h"

#include <algorithm>

#include "sim/check.h"

namespace fabric {

Network::Network(sim::Simulation& sim, const FabricParams& params, const Platform& platform)
    : sim_(sim),
      around_payload_(params.ethernet + params.headers),
      least_frame_(params.least_frame),
      links_(platform.links) {
  for (const PlatformLink& link : links_)
    ports_.emplace_back(sim, link, [this](Transit& packet) { left(packet); });
  for (const Route& route : platform.to_server) to_server_.push_back(way_of(route));
  for (const Route& route : platform.from_server) from_server_.push_back(way_of(route));
}

/// What a packet flies through without a queue belongs to the hop before.
Way Network::way_of(const Route& route) {
  Way way;
  for (const std::size_t number : route) {
    const PlatformLink& link = links_[number];
    if (link.queues) way.push_back({&ports_[number], Duration{0}});
    SIM_CHECK(!way.empty());
    way.back().then += link.latency;
  }
  return way;
}

const Way& Network::way(Node from, Node to) const {
  SIM_CHECK((from == 0) != (to == 0));
  const int client = std::max(from, to);
  SIM_CHECK(0 < client && client <= clients());
  return (to == 0 ? to_server_ : from_server_)[static_cast<std::size_t>(client - 1)];
}

Bytes Network::on_the_wire(Bytes payload) const {
  return std::max(payload + around_payload_, least_frame_);
}

Transit& Network::unused_packet() {
  if (unused_.empty()) return packets_.emplace_back();
  Transit& packet = *unused_.back();
  unused_.pop_back();
  return packet;
}

void Network::depart(Transit& packet, const Way& way, Bytes size) {
  SIM_CHECK(size.count > 0);
  ++stats_.sent;
  packet.ahead = way;
  packet.payload = size;
  packet.size = on_the_wire(size);
  way.front().port->pass(packet);
  go_on(packet, packet.departs + way.front().then);
}

void Network::go_on(Transit& packet, Time when) {
  packet.ahead = packet.ahead.subspan(1);
  packet.entered = when;
  packet.ahead.front().port->announce(packet);
}

/// What `arrived` sends takes another packet: this one is in use until it returns.
void Network::left(Transit& packet) {
  if (packet.ahead.size() > 1) return go_on(packet, sim_.now());
  ++stats_.arrived;
  stats_.payload += packet.payload;
  packet.arrived();
  packet.arrived.clear();
  unused_.push_back(&packet);
}

const LinkStats& Network::stats_of(std::size_t link) const {
  return ports_[link].stats();
}

NetworkStats Network::stats() const {
  NetworkStats stats = stats_;
  stats.to_server = to_server_.front().back().port->stats();
  stats.from_server = from_server_.front().front().port->stats();
  return stats;
}

}  // namespace fabric
