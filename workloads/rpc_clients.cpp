// SPDX-License-Identifier: Apache-2.0
#include "workloads/rpc_clients.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"
#include "sim/config_error.h"
#include "sim/uniform.h"

namespace workloads {
namespace {

/// More than can be under way; who sends parts for ever is not among our servers.
constexpr std::size_t kMostReplies = 1 << 20;

std::unique_ptr<Arrivals> arrivals_for(const RpcClientParams& params, const ArrivalParams& arrivals,
                                       std::uint64_t seed) {
  check(params);
  sim::require(params.loop == LoopKind::kOpen || arrivals.kind != ArrivalKind::kTrace, "loop",
               "is closed, where a trace cannot say when", "write \"open\"");
  return make_arrivals(arrivals, seed);
}

}  // namespace

RpcClients::RpcClients(const RpcClientParams& params, const ArrivalParams& arrivals,
                       const ServiceTimes& service, sim::Simulation& sim, fabric::Network& network,
                       std::uint64_t seed)
    : params_(params),
      sim_(sim),
      network_(network),
      traced_(arrivals.kind == ArrivalKind::kTrace),
      arrivals_(arrivals_for(params, arrivals, seed)),
      service_(service),
      classes_(seed, arrivals.long_share),
      sizes_(params, seed),
      places_(seed, "workloads.client"),
      flips_(seed, "workloads.malformed"),
      thoughts_(seed, "workloads.think"),
      calls_(sim, params, [this](fabric::Node client) { user_ended(client); }),
      messages_(static_cast<std::size_t>(connections())),
      replies_(kMostReplies, rpc::kHeaderBytes + rpc::kMostBodyBytes),
      arrival_(sim, [this] { arrive(); }) {
  if (params.think > sim::Duration{0}) thinking_.emplace(params.think);
}

void RpcClients::start() {
  if (params_.loop == LoopKind::kOpen) return plan_arrival();
  for (fabric::Node client = 1; client <= network_.clients(); ++client)
    for (int i = 0; i < params_.outstanding; ++i) think(client);
}

// When user requests begin.

void RpcClients::plan_arrival() {
  next_ = arrivals_->next();
  if (next_) arrival_.arm_at(next_->at);
}

void RpcClients::arrive() {
  sim::Draws places = places_.at(next_->request);
  const auto clients = static_cast<std::uint64_t>(network_.clients());
  const auto client = static_cast<fabric::Node>(1 + places() % clients);
  begin_user(client, places, traced_ ? std::optional(next_->request_class) : std::nullopt);
  plan_arrival();
}

/// Of a closed loop: until this client's next user request.
void RpcClients::think(fabric::Node client) {
  const auto begin = [this, client] {
    const auto number = static_cast<std::uint64_t>(stats().users.arrived);
    sim::Draws places = places_.at(number);
    begin_user(client, places, std::nullopt);
  };
  if (!thinking_) return begin();
  sim_.after((*thinking_)(thoughts_), begin);
}

void RpcClients::user_ended(fabric::Node client) {
  if (params_.loop == LoopKind::kClosed) think(client);
}

void RpcClients::begin_user(fabric::Node client, sim::Draws& places,
                            std::optional<int> traced_class) {
  calls_.begin_user(client, sim_.now());
  const auto each = static_cast<std::uint32_t>(params_.connections);
  const std::uint32_t first = static_cast<std::uint32_t>(client - 1) * each;
  for (int i = 0; i < params_.fan_out; ++i)
    call(first + static_cast<std::uint32_t>(places() % each), traced_class);
}

/// A class that no trace says is the same coin's as that of a request with this number.
void RpcClients::call(std::uint32_t connection, std::optional<int> traced_class) {
  const auto number = static_cast<std::uint64_t>(stats().calls.arrived);
  const RpcCall call{.connection = connection,
                     .slo_class = static_cast<std::uint8_t>(
                         traced_class.value_or(classes_.is_long(number) ? 1 : 0)),
                     .is_long = service_.is_long(number),
                     .is_mix = service_.is_mix(),
                     .work = service_.draw(number),
                     .at = sim_.now()};
  SIM_CHECK(calls_.begin(call) == number);
  send(number, call);
}

// From calls to packets.

void RpcClients::send(std::uint64_t number, const RpcCall& call) {
  const auto budget = std::chrono::duration_cast<std::chrono::microseconds>(params_.budget);
  const rpc::Header header{.kind = rpc::Kind::kRequest,
                           .slo_class = call.slo_class,
                           .method = std::uint16_t{call.is_long},
                           .call = number,
                           .budget_us = static_cast<std::uint32_t>(budget.count()),
                           .body_bytes = sizes_.request(number, call.slo_class)};
  const auto mtu = static_cast<std::uint32_t>(params_.mtu.count);
  const auto total = static_cast<std::uint32_t>(rpc::kHeaderBytes) + header.body_bytes;
  rpc::Packet packet{.segment = {.connection = call.connection,
                                 .message = messages_[call.connection]++,
                                 .total = total},
                     .header = header_bytes(header)};
  for (std::uint32_t& offset = packet.segment.offset; offset < total; offset += mtu) {
    packet.segment.length = std::min(mtu, total - offset);
    carry(sim_.now(), client_of(call.connection), 0, packet,
          [this](const rpc::Packet& arrived) { to_server_(arrived); });
  }
}

rpc::HeaderBytes RpcClients::header_bytes(const rpc::Header& header) {
  rpc::HeaderBytes bytes = rpc::encode(header);
  if (params_.malformed <= 0) return bytes;
  sim::Draws draws = flips_.at(header.call);
  if (!sim::chance(params_.malformed, draws)) return bytes;
  ++calls_.stats().malformed;
  const std::uint64_t bit = draws() % (8 * rpc::kHeaderBytes);
  bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  return bytes;
}

/// A packet stays here while it is under way: it is larger than what a network remembers of it.
template <class F>
void RpcClients::carry(sim::Time when, fabric::Node from, fabric::Node to,
                       const rpc::Packet& packet, F arrived) {
  if (unused_.empty()) unused_.push_back(&packets_.emplace_back());
  rpc::Packet* const kept = unused_.back();
  unused_.pop_back();
  *kept = packet;
  network_.send_at(when, from, to, sim::Bytes{packet.segment.length}, [this, kept, arrived] {
    const rpc::Packet here = *kept;
    unused_.push_back(kept);
    arrived(here);
  });
}

// From packets to replies.

void RpcClients::from_server(const rpc::Packet& packet, sim::Time leaves) {
  SIM_CHECK(packet.segment.connection < messages_.size());
  carry(leaves, 0, client_of(packet.segment.connection), packet,
        [this](const rpc::Packet& arrived) { reply_arrives(arrived); });
}

void RpcClients::reply_arrives(const rpc::Packet& packet) {
  const rpc::Inbox::Taken taken = replies_.add(packet, sim_.now() - sim::Time{});
  if (taken.arrival == rpc::Arrival::kComplete)
    take_reply(packet.segment, taken.beginning);
  else if (taken.arrival != rpc::Arrival::kPartial)
    ++calls_.stats().bad_replies;
}

void RpcClients::take_reply(const rpc::Segment& last, const rpc::Beginning& beginning) {
  const auto read = rpc::decode(beginning.bytes());
  const auto* header = std::get_if<rpc::Header>(&read);
  if (header == nullptr || rpc::kHeaderBytes + header->body_bytes != last.total ||
      header->kind == rpc::Kind::kRequest) {
    ++calls_.stats().bad_replies;
    return;
  }
  using Answer = RpcCalls::Answer;
  calls_.answered(header->call, last.connection,
                  header->kind == rpc::Kind::kError ? Answer::kError : Answer::kReply);
}

}  // namespace workloads
