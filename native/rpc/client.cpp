// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/client.h"

#include <algorithm>
#include <poll.h>
#include <thread>

#include "native/rpc/echo.h"

namespace native {
namespace {

using rpc::Arrival;
using rpc::Header;
using rpc::kHeaderBytes;
using rpc::Segment;

constexpr std::size_t kMostIncompleteReplies = 4096;
constexpr std::uint32_t kMostReplyBytes = kHeaderBytes + rpc::kMostBodyBytes;
constexpr std::size_t kMostReplyMemory = std::size_t{64} << 20;
constexpr std::chrono::milliseconds kBetweenLooks{1};
/// A sleeper wakes up late by some 50 us; for less it stays awake.
constexpr std::chrono::microseconds kWakesUpLate{100};

}  // namespace

RpcClient::RpcClient(std::vector<PlannedCall> calls, std::vector<Port> servers,
                     const RpcClientOptions& options)
    : calls_(std::move(calls)),
      servers_(std::move(servers)),
      options_(options),
      inbox_(kMostIncompleteReplies, kMostReplyBytes),
      bodies_(kMostIncompleteReplies, kMostReplyBytes, kMostReplyMemory),
      answered_(calls_.size()) {}

RpcCallStats RpcClient::run(const std::atomic<bool>& interrupted) {
  began_ = Clock::now();
  std::thread sender([&] { send_due(interrupted); });
  receive_all(interrupted);
  sender.join();
  for (std::size_t call = 0; call < sent_; ++call) {
    if (!calls_[call].counted) continue;
    stats_.calls.came(calls_[call].kind, calls_[call].service);
    if (!answered_[call]) ++stats_.lost;
  }
  stats_.left = stats_.calls.arrived - in_time_.value_or(stats_.calls.completed);
  return stats_;
}

// Sending

void RpcClient::send_due(const std::atomic<bool>& interrupted) {
  for (std::size_t call = 0; call < calls_.size(); ++call) {
    const auto due = std::chrono::duration_cast<Clock::duration>(calls_[call].arrival);
    if (!wait_until(began_ + due, interrupted)) break;
    sent_.store(call + 1, std::memory_order_release);  // before anybody can answer it
    send(call);
  }
  all_sent_.store(true, std::memory_order_release);
}

bool RpcClient::wait_until(Clock::time_point when, const std::atomic<bool>& interrupted) const {
  while (!interrupted.load(std::memory_order_relaxed)) {
    const auto left = when - Clock::now();
    if (left <= Clock::duration{0}) return true;
    if (left > kWakesUpLate)
      std::this_thread::sleep_for(std::min<Clock::duration>(left - kWakesUpLate, kBetweenLooks));
    else
      std::this_thread::yield();  // there may be fewer cores than threads
  }
  return false;
}

void RpcClient::send(std::size_t call) {
  const auto connection =
      static_cast<std::uint32_t>(call % static_cast<std::size_t>(options_.connections));
  const std::vector<std::byte> body =
      echo_request(call, calls_[call].service, options_.request_bytes, options_.reply_bytes);
  const rpc::HeaderBytes header =
      encode(Header{.slo_class = calls_[call].slo_class,
                    .call = call,
                    .budget_us = static_cast<std::uint32_t>(options_.budget.count()),
                    .body_bytes = static_cast<std::uint32_t>(body.size())});
  Segment segment{.connection = connection,
                  .message = static_cast<std::uint32_t>(call),
                  .total = static_cast<std::uint32_t>(kHeaderBytes + body.size())};
  const std::uint32_t mtu = std::max<std::uint32_t>(options_.mtu, kHeaderBytes);
  for (; segment.offset < segment.total; segment.offset += segment.length) {
    segment.length = std::min(mtu, segment.total - segment.offset);
    const DatagramHeader datagram = header_of(segment);
    const std::size_t first = segment.offset == 0 ? kHeaderBytes : 0;
    socket_.send(
        servers_[connection % servers_.size()], std::as_bytes(std::span(&datagram, 1)),
        std::span<const std::byte>(header).first(first),
        std::span(body).subspan(segment.offset + first - kHeaderBytes, segment.length - first));
  }
}

// Receiving

void RpcClient::receive_all(const std::atomic<bool>& interrupted) {
  std::vector<std::byte> buffer(kLargestDatagram);
  std::optional<Clock::time_point> end;
  while (!all_settled() && !interrupted.load(std::memory_order_relaxed)) {
    if (!end && all_sent_.load(std::memory_order_acquire)) {
      end = Clock::now() + options_.patience;
      in_time_ = stats_.calls.completed;
    }
    if (const auto received = socket_.receive(buffer)) {
      if (const auto datagram = read_datagram(received->bytes)) take(*datagram);
      continue;
    }
    if (end && Clock::now() > *end) return;
    pollfd wanted{.fd = socket_.descriptor(), .events = POLLIN, .revents = 0};
    poll(&wanted, 1, static_cast<int>(kBetweenLooks.count()));
  }
}

void RpcClient::take(const Datagram& datagram) {
  const Segment& segment = datagram.packet.segment;
  if (!bodies_.keep(segment, datagram.bytes)) return;
  const auto taken = inbox_.add(datagram.packet, since_begin());
  if (taken.arrival == Arrival::kMalformed || taken.arrival == Arrival::kTooManyHoles)
    ++stats_.bad_replies;
  if (taken.arrival == Arrival::kComplete) take_reply(segment, taken.beginning);
}

void RpcClient::take_reply(const Segment& last, const rpc::Beginning& beginning) {
  const std::vector<std::byte> bytes = bodies_.take(last.connection, last.message);
  const auto read = rpc::decode(beginning.bytes());
  const auto* header = std::get_if<Header>(&read);
  if (header == nullptr || kHeaderBytes + header->body_bytes != bytes.size() ||
      header->kind == rpc::Kind::kRequest) {
    ++stats_.bad_replies;
    return;
  }
  if (header->call >= sent_.load(std::memory_order_acquire) || answered_[header->call]) {
    ++stats_.stray_replies;
    return;
  }
  settle(header->call, *header, {bytes.begin() + kHeaderBytes, bytes.end()});
}

void RpcClient::settle(std::size_t call, const Header& header, const std::vector<std::byte>& body) {
  answered_[call] = true;
  ++settled_;
  if (header.kind == rpc::Kind::kReply && body != echo_reply(call, options_.reply_bytes))
    ++stats_.bad_replies;
  else if (!calls_[call].counted)
    return;
  else if (header.kind == rpc::Kind::kError)
    ++stats_.refused;
  else
    stats_.calls.answered(calls_[call].kind, since_begin() - calls_[call].arrival);
}

sim::Duration RpcClient::since_begin() const {
  return std::chrono::duration_cast<sim::Duration>(Clock::now() - began_);
}

}  // namespace native
