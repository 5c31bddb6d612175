// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "subsystems/rpc/stack/runtime.h"

namespace rpc {

/// For tests: events come as a script says, and what the program does is written down.
class ScriptedRuntime : public Runtime {
 public:
  struct Given {
    Worker worker;
    Message message;
  };
  struct Sent {
    Packet packet;
    Worker from;
  };

  explicit ScriptedRuntime(Worker workers) : workers_(workers) {}

  // The script; the program is asked to leave at its end.
  void add(const Event& event, Instant when = {}) { script_.emplace_back(when, event); }
  void add(const Packet& packet, Instant when = {}) {
    add(Event{.kind = Event::Kind::kPacket, .packet = packet}, when);
  }
  void add_reply(Worker worker, const Header& reply, Instant when = {}) {
    add(Event{.kind = Event::Kind::kReply, .worker = worker, .reply = reply}, when);
  }

  bool has_room = true;  // for packets to the wire

  // What came of it:
  std::vector<std::string> calls;  // all of them, in order
  std::vector<Given> given;
  std::vector<Sent> sent;

  Instant now() override { return now_; }
  Event poll(Instant) override {
    const auto [when, event] = script_.front();
    script_.pop_front();
    now_ = std::max(now_, when);
    return event;
  }
  bool leaving() override { return script_.empty(); }
  Worker workers() const override { return workers_; }
  void give(Worker worker, const Message& message) override {
    given.push_back({worker, message});
    calls.push_back("give " + std::to_string(message.number) + " to " + std::to_string(worker));
  }
  bool transmit(const Packet& packet, Worker from) override {
    sent.push_back({packet, from});
    calls.push_back("transmit " + std::to_string(packet.segment.offset) + "+" +
                    std::to_string(packet.segment.length) + " from " + std::to_string(from));
    return has_room;
  }
  void charge(Stage stage, std::uint32_t bytes) override {
    static constexpr const char* kNames[kStages] = {
        "receive driver", "receive transport", "deserialise", "dispatch",
        "serialise",      "send transport",    "send driver"};
    calls.push_back(std::string(kNames[static_cast<std::size_t>(stage)]) + " " +
                    std::to_string(bytes));
  }

 private:
  const Worker workers_;
  std::deque<std::pair<Instant, Event>> script_;
  Instant now_{};
};

/// What a client sends for a message with this header, cut into pieces of at most `piece` bytes.
inline std::vector<Packet> packets_of(std::uint32_t connection, std::uint32_t number,
                                      const Header& header, std::uint32_t piece) {
  const auto total = static_cast<std::uint32_t>(kHeaderBytes + header.body_bytes);
  std::vector<Packet> packets;
  for (std::uint32_t offset = 0; offset < total; offset += piece)
    packets.push_back({.segment = {.connection = connection,
                                   .message = number,
                                   .offset = offset,
                                   .length = std::min(piece, total - offset),
                                   .total = total},
                       .header = offset == 0 ? encode(header) : HeaderBytes{}});
  return packets;
}

}  // namespace rpc
