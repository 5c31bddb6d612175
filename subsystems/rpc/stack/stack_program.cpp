// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/stack/stack_program.h"

#include <algorithm>
#include <utility>

namespace rpc {

StackProgram::StackProgram(Runtime& runtime, const StackOptions& options)
    : runtime_(runtime),
      options_(options),
      mtu_(std::max<std::uint32_t>(options.mtu, kHeaderBytes)),
      inbox_(options.most_incomplete, options.most_message_bytes) {
  const Worker workers = runtime.workers();
  worked_on_.resize(static_cast<std::size_t>(workers));
  for (Worker worker = workers; worker-- > 0;) idle_.push_back(worker);
}

void StackProgram::run() {
  while (!runtime_.leaving()) handle(runtime_.poll(wave::kNever));
}

void StackProgram::handle(const Event& event) {
  switch (event.kind) {
    case Event::Kind::kNone:
      return;
    case Event::Kind::kPacket:
      return take_packet(event.packet);
    case Event::Kind::kReply:
      return take_reply(event.worker, event.reply);
  }
}

// From packets to requests

void StackProgram::take_packet(const Packet& packet) {
  ++stats_.packets;
  runtime_.charge(Stage::kReceiveDriver, packet.segment.length);
  runtime_.charge(Stage::kReceiveTransport, packet.segment.length);
  const Inbox::Taken taken = inbox_.add(packet, runtime_.now());
  stats_.forgotten = inbox_.forgotten();
  switch (taken.arrival) {
    case Arrival::kPartial:
      return;
    case Arrival::kComplete:
      return take_message(packet.segment, taken.beginning);
    case Arrival::kDuplicate:
      ++stats_.duplicates;
      return;
    case Arrival::kMalformed:
      ++stats_.bad_segments;
      return;
    case Arrival::kTooManyHoles:
      ++stats_.too_many_holes;
      return;
  }
}

void StackProgram::take_message(const Segment& last, const Beginning& beginning) {
  ++stats_.messages;
  runtime_.charge(Stage::kDeserialise, last.total);
  const std::optional<Header> header = header_of_request(last, beginning);
  if (!header) return;
  ++stats_.requests;
  accept({.message = {.connection = last.connection, .number = last.message, .header = *header},
          .since = beginning.since});
}

std::optional<Header> StackProgram::header_of_request(const Segment& last,
                                                      const Beginning& beginning) {
  const auto read = decode(beginning.bytes());
  if (const auto* why = std::get_if<Malformed>(&read)) {
    stats_.malformed.add(*why);
    return std::nullopt;
  }
  const auto& header = std::get<Header>(read);
  if (kHeaderBytes + header.body_bytes != last.total) {
    ++stats_.wrong_size;
    return std::nullopt;
  }
  if (header.kind != Kind::kRequest) {
    ++stats_.not_requests;
    return std::nullopt;
  }
  return header;
}

// From requests to workers

void StackProgram::accept(const Request& request) {
  if (expired(request))
    ++stats_.expired;
  else if (!idle_.empty())
    give(request);
  else
    keep(request);
}

void StackProgram::keep(const Request& request) {
  if (waiting_.size() >= options_.most_waiting) drop_expired();
  if (waiting_.size() >= options_.most_waiting) return refuse(request.message);
  waiting_.push_back(request);
  stats_.most_waiting = std::max(stats_.most_waiting, static_cast<std::int64_t>(waiting_.size()));
}

void StackProgram::give(const Request& request) {
  const Worker worker = idle_.back();
  idle_.pop_back();
  worked_on_[static_cast<std::size_t>(worker)] = request.message;
  runtime_.charge(Stage::kDispatch, request.message.header.body_bytes);
  runtime_.give(worker, request.message);
  ++stats_.given;
}

void StackProgram::give_next() {
  drop_expired();
  if (waiting_.empty()) return;
  const Request next = waiting_.front();
  waiting_.pop_front();
  ++stats_.waited;
  give(next);
}

/// Those at the head: looking at all of them would cost most when there is least time.
void StackProgram::drop_expired() {
  for (; !waiting_.empty() && expired(waiting_.front()); waiting_.pop_front()) ++stats_.expired;
}

void StackProgram::refuse(const Message& request) {
  ++stats_.refused;
  send(request,
       {.kind = Kind::kError,
        .slo_class = request.header.slo_class,
        .method = request.header.method,
        .call = request.header.call},
       kNoWorker);
}

/// Its caller has stopped waiting: at the latest, since the budget was running on the way here.
bool StackProgram::expired(const Request& request) {
  const std::chrono::microseconds budget{request.message.header.budget_us};
  return budget.count() > 0 && runtime_.now() - request.since >= budget;
}

// From workers to packets

void StackProgram::take_reply(Worker worker, const Header& reply) {
  if (!is_busy(worker)) {
    ++stats_.stray_replies;
    return;
  }
  const auto done = std::exchange(worked_on_[static_cast<std::size_t>(worker)], std::nullopt);
  ++stats_.replies;
  send(*done, answer_to(*done, reply), worker);
  idle_.push_back(worker);
  give_next();
}

/// What the worker wants to say, as far as it answers the question.
Header StackProgram::answer_to(const Message& request, Header reply) {
  if (reply.kind == Kind::kRequest || reply.body_bytes > kMostBodyBytes) {
    ++stats_.bad_replies;
    reply.kind = Kind::kError;
    reply.body_bytes = 0;
  }
  reply.call = request.header.call;
  return reply;
}

void StackProgram::send(const Message& request, const Header& reply, Worker from) {
  const auto total = static_cast<std::uint32_t>(kHeaderBytes + reply.body_bytes);
  runtime_.charge(Stage::kSerialise, total);
  Packet packet{.segment = {.connection = request.connection,
                            .message = request.number,
                            .length = std::min(mtu_, total),
                            .total = total},
                .header = encode(reply)};
  Segment& segment = packet.segment;
  for (; segment.length > 0; segment.length = std::min(mtu_, total - segment.offset)) {
    runtime_.charge(Stage::kSendTransport, segment.length);
    runtime_.charge(Stage::kSendDriver, segment.length);
    ++(runtime_.transmit(packet, from) ? stats_.sent : stats_.unsent);
    segment.offset += segment.length;
  }
}

bool StackProgram::is_busy(Worker worker) const {
  return worker >= 0 && static_cast<std::size_t>(worker) < worked_on_.size() &&
         worked_on_[static_cast<std::size_t>(worker)];
}

}  // namespace rpc
