// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "subsystems/rpc/stack/scripted_runtime.h"
#include "subsystems/rpc/stack/stack_program.h"

namespace rpc {

/// For tests: bytes as a list of what happens to a stack, and what must be true whatever happens.
/// Clients send requests in packets that come in any order, some twice; somebody sends anything at
/// all; workers reply, or claim to; time passes.
///
/// Promised to be noticed: a request given twice, never, or other than it was sent; a worker given
/// two at once; a reply that is not sent once and whole; what is kept too long; counts that do not
/// add up.
class Exercise {
 public:
  Exercise(std::span<const std::uint8_t> script, const StackOptions& options, Worker workers)
      : script_(script),
        options_(options),
        runtime_(workers),
        program_(runtime_, options),
        model_(options.most_incomplete, options.most_message_bytes) {}

  /// What was wrong first; nothing if nothing was.
  std::string run() {
    while (at_ < script_.size() && wrong_.empty()) step();
    while (!on_the_way_.empty() && wrong_.empty()) deliver(on_the_way_.size() - 1);
    while (!busy_.empty() && wrong_.empty()) reply(*busy_.begin(), 0);
    if (waiting() != 0 && runtime_.workers() > 0)
      fail("a request waits although every worker is idle");
    if (model_.forgotten() == 0 && settled() + waiting() != clean_) fail("a request has got lost");
    return wrong_;
  }

  const ProgramStats& stats() const { return program_.stats(); }

 private:
  using Name = std::pair<std::uint32_t, std::uint32_t>;
  static constexpr std::uint32_t kStrangers = 3;  // a connection of those who send anything

  std::uint8_t next() { return at_ < script_.size() ? script_[at_++] : std::uint8_t{0}; }
  void fail(const std::string& what) {
    if (wrong_.empty()) wrong_ = what + ", at byte " + std::to_string(at_);
  }

  void step() {
    switch (next() % 12) {
      case 0:
      case 1:
      case 2:
        return send_request();
      case 3:
      case 4:
      case 5:
        if (!on_the_way_.empty()) deliver(next() % on_the_way_.size());
        return;
      case 6:
        return deliver_twice();
      case 7:
        return deliver_garbage();
      case 8:
        return deliver_damaged();
      case 9:
      case 10:
        return let_a_worker_reply();
      default:
        now_ += std::chrono::microseconds(next());
    }
  }

  // What happens

  void send_request() {
    const std::uint32_t connection = next() % kStrangers;
    const std::uint32_t number = numbers_[connection]++;
    const Header header{.slo_class = next(),
                        .method = next(),
                        .call = ++calls_,
                        .budget_us = static_cast<std::uint32_t>(next() / 2),
                        .body_bytes = next()};
    const std::uint32_t piece = kHeaderBytes + next();
    for (const Packet& packet : packets_of(connection, number, header, piece))
      on_the_way_.push_back(packet);
    requests_[{connection, number}] = header;
    ++clean_;
  }

  void deliver(std::size_t index) {
    const Packet packet = on_the_way_[index];
    on_the_way_.erase(on_the_way_.begin() + static_cast<std::ptrdiff_t>(index));
    take(packet);
  }

  /// A packet of a message that is not whole by then: afterwards it would be another request.
  void deliver_twice() {
    if (on_the_way_.size() < 2) return;
    const Packet& packet = on_the_way_[next() % (on_the_way_.size() - 1)];
    const Packet& other = on_the_way_.back();
    if (packet.segment.connection == other.segment.connection &&
        packet.segment.message == other.segment.message)
      take(Packet{packet});
  }

  void deliver_garbage() {
    Packet packet;
    packet.segment = {.connection = kStrangers, .message = next() % 4u};
    packet.segment.offset = next() / 64u * 28u;
    packet.segment.length = next() % 64u;
    packet.segment.total = next() % 128u;
    for (std::byte& byte : packet.header) byte = std::byte{next()};
    take(packet);
  }

  /// A request in one packet, with a header that is not quite right; its checksum is, now and then.
  void deliver_damaged() {
    const Header header{.call = next(), .body_bytes = next()};
    Packet packet = packets_of(kStrangers, 4 + numbers_[kStrangers]++, header, 1 << 20).front();
    const std::size_t at = next() % kHeaderBytes;
    packet.header[at] ^= std::byte{next()};
    if (next() % 2 == 0) seal(packet.header);
    if (is_request(packet)) {
      ++clean_;
      requests_[{kStrangers, packet.segment.message}] = std::get<Header>(decode(packet.header));
    }
    take(packet);
  }

  static void seal(HeaderBytes& bytes) {
    const std::uint32_t sum = crc32c(std::span(bytes).first(kHeaderBytes - sizeof(std::uint32_t)));
    for (std::size_t i = 0; i < sizeof sum; ++i)
      bytes[kHeaderBytes - sizeof sum + i] = static_cast<std::byte>(sum >> (8 * i));
  }

  static bool is_request(const Packet& packet) {
    const auto read = decode(packet.header);
    const auto* header = std::get_if<Header>(&read);
    return header != nullptr && header->kind == Kind::kRequest &&
           kHeaderBytes + header->body_bytes == packet.segment.total;
  }

  void let_a_worker_reply() {
    const auto worker = static_cast<Worker>(next() % (runtime_.workers() + 1));
    reply(worker, next());
  }

  // What must come of it

  void take(const Packet& packet) {
    model_.add(packet.segment);
    runtime_.add(packet, now_);
    run_program();
    const ProgramStats& s = program_.stats();
    const bool refused = s.refused > refusals_seen_;
    refusals_seen_ = s.refused;
    if (refused) check_packets(Kind::kError, kNoWorker, kHeaderBytes);
    if (!refused && !runtime_.sent.empty()) fail("something was sent that answers nothing");
  }

  void reply(Worker worker, std::uint32_t body_bytes) {
    const bool expected = busy_.erase(worker) > 0;
    runtime_.add_reply(worker, {.kind = Kind::kReply, .body_bytes = body_bytes}, now_);
    run_program();
    if (expected)
      check_packets(Kind::kReply, worker, kHeaderBytes + body_bytes);
    else if (!runtime_.sent.empty())
      fail("a reply was sent that nobody gave");
  }

  void run_program() {
    runtime_.calls.clear();
    runtime_.sent.clear();
    runtime_.given.clear();
    program_.run();
    for (const auto& given : runtime_.given) check_given(given);
    check_counts();
  }

  void check_given(const ScriptedRuntime::Given& given) {
    const Name name{given.message.connection, given.message.number};
    const auto asked = requests_.find(name);
    if (asked == requests_.end() || !(asked->second == given.message.header))
      fail("a request was given that nobody sent");
    if (!given_.insert(name).second) fail("a request was given twice");
    if (!busy_.insert(given.worker).second) fail("a worker was given two requests");
  }

  void check_packets(Kind kind, Worker from, std::size_t bytes) {
    std::uint32_t offset = 0;
    for (const auto& sent : runtime_.sent) {
      const Segment& segment = sent.packet.segment;
      if (segment.offset != offset || segment.length == 0 || segment.total != bytes ||
          segment.length > std::max<std::uint32_t>(options_.mtu, kHeaderBytes) || sent.from != from)
        fail("a reply was not cut as it should be");
      offset += segment.length;
    }
    if (offset != bytes) return fail("a reply was not sent whole");
    const auto header = decode(runtime_.sent.front().packet.header);
    if (!std::holds_alternative<Header>(header) || std::get<Header>(header).kind != kind)
      fail("a reply has not the header that it should have");
  }

  void check_counts() {
    const ProgramStats& s = program_.stats();
    if (s.messages != s.malformed.all() + s.wrong_size + s.not_requests + s.requests)
      fail("messages do not add up");
    if (s.given != s.replies + static_cast<std::int64_t>(busy_.size()))
      fail("what was given does not add up");
    if (s.forgotten != model_.forgotten() || s.bad_segments != model_.malformed())
      fail("packets do not add up");
    if (waiting() < 0 || waiting() > static_cast<std::int64_t>(options_.most_waiting))
      fail("too many wait");
    if (program_.backlog() != static_cast<std::size_t>(waiting()) + model_.under_way())
      fail("something is kept that should not be");
    if (waiting() > 0 && busy_.size() < static_cast<std::size_t>(runtime_.workers()))
      fail("a request waits although a worker is idle");
  }

  std::int64_t settled() const {
    const ProgramStats& s = program_.stats();
    return s.given + s.expired + s.refused;
  }
  std::int64_t waiting() const { return program_.stats().requests - settled(); }

  const std::span<const std::uint8_t> script_;
  const StackOptions options_;
  std::size_t at_ = 0;
  Instant now_{};
  ScriptedRuntime runtime_;
  StackProgram program_;
  Reassembler model_;  // what the program's should know

  std::vector<Packet> on_the_way_;
  std::map<Name, Header> requests_;  // well-formed, that have been sent
  std::map<std::uint32_t, std::uint32_t> numbers_;
  std::set<Name> given_;
  std::set<Worker> busy_;
  std::uint64_t calls_ = 0;
  std::int64_t clean_ = 0;  // requests whose packets all come
  std::int64_t refusals_seen_ = 0;
  std::string wrong_;
};

}  // namespace rpc
