// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "subsystems/rpc/protocol/inbox.h"
#include "subsystems/rpc/stack/program_stats.h"
#include "subsystems/rpc/stack/runtime.h"

namespace rpc {

struct StackOptions {
  /// Bytes of a message that a packet carries at most. No less than a header's, which is never
  /// divided.
  std::uint32_t mtu = 1460;
  /// Requests that may wait for a worker; a further one is refused.
  std::size_t most_waiting = 4096;
  /// Messages of which parts may be missing, and how long one may be.
  std::size_t most_incomplete = 1024;
  std::uint32_t most_message_bytes = kHeaderBytes + kMostBodyBytes;
};

/// The RPC stack of one core: takes what the NIC steers to it packet by packet, gives each request
/// whose bytes are all there to one of its workers, and sends the workers' replies. Each packet and
/// each reply is dealt with to its end before the next is looked at.
///
/// Whatever a peer sends, memory stays bounded: by messages that are incomplete, by requests that
/// wait, and by workers. What is dropped is counted.
///
/// Requests go to workers first come, first served, whatever their class: in which order classes
/// are served is the scheduler's decision, and a stack that ordered them too would be a second
/// scheduler that knows less. To the scheduler a request shows only once a worker has it, so a
/// server that distinguishes classes has more workers than CPUs, as Shinjuku and ghOSt have.
///
/// The worker that became idle last gets the next request: its stack and its thread's state are
/// still in some core's cache, and those that are not needed sleep on.
///
/// A reply is sent before its worker is given what waits, although the worker is idle meanwhile:
/// its reply lies where the next request may make it write. Nothing is lost by it as long as there
/// are more workers than CPUs, since the CPU has another one to run.
///
/// Not modelled: acknowledgements, retransmission and congestion control, connections being opened
/// and closed; a core that takes requests off another's hands. A request of which all packets come
/// a second time is a second request. A stack begins with every worker idle: it does not take over
/// from one that failed.
class StackProgram {
 public:
  StackProgram(Runtime& runtime, const StackOptions& options);

  /// Runs until the host asks the stack to leave.
  void run();

  const ProgramStats& stats() const { return stats_; }
  /// Requests that wait and messages that are incomplete: what it keeps for others.
  std::size_t backlog() const { return waiting_.size() + inbox_.under_way(); }

 private:
  struct Request {
    Message message;
    Instant since{};  // when its first packet was seen
  };

  void handle(const Event& event);
  void take_packet(const Packet& packet);
  void take_message(const Segment& last, const Beginning& beginning);
  std::optional<Header> header_of_request(const Segment& last, const Beginning& beginning);

  void accept(const Request& request);
  void keep(const Request& request);
  void give(const Request& request);
  void give_next();
  void drop_expired();
  void refuse(const Message& request);
  bool expired(const Request& request);

  void take_reply(Worker worker, const Header& reply);
  Header answer_to(const Message& request, Header reply);
  void send(const Message& request, const Header& reply, Worker from);

  bool is_busy(Worker worker) const;

  Runtime& runtime_;
  const StackOptions options_;
  const std::uint32_t mtu_;
  Inbox inbox_;
  std::deque<Request> waiting_;                    // the first came first; none while one is idle
  std::vector<Worker> idle_;                       // the last became idle last
  std::vector<std::optional<Message>> worked_on_;  // by worker
  ProgramStats stats_;
};

}  // namespace rpc
