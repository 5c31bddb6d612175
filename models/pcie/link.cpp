// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/link.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace pcie {

Link::Link(sim::Simulation& sim, const LinkParams& params)
    : sim_(sim),
      params_(params),
      to_endpoint_(params),
      to_root_complex_(params),
      root_tags_{params.tags},
      endpoint_tags_{params.tags} {}

void Link::stall(Duration span) {
  const Time now = sim_.now();
  to_endpoint_.stall(now, now + span);
  to_root_complex_.stall(now, now + span);
}

void Link::observe(Observer* observer) {
  to_endpoint_.observe(observer, Direction::kToEndpoint);
  to_root_complex_.observe(observer, Direction::kToRootComplex);
}

LinkStats Link::stats() {
  const Time now = sim_.now();
  return {to_endpoint_.stats(now), to_root_complex_.stats(now), tag_stalls_, completion_timeouts_};
}

Link::Read& Link::unused_read() {
  if (unused_ == nullptr) return reads_.emplace_back();
  Read& read = *unused_;
  unused_ = read.next;
  return read;
}

void Link::start(Read& read) {
  SIM_CHECK(read.size > 0_B);
  read.asked = read.answered = Bytes{};
  read.next = nullptr;
  if (tags(read.request).waiting > 0) return wait_for_tag(read);
  ask_all(read);
}

/// Sends requests while there are tags; the read waits with what is left.
void Link::ask_all(Read& read) {
  Tags& own = tags(read.request);
  while (read.asked < read.size) {
    if (own.free == 0) return wait_for_tag(read);
    --own.free;
    ask_one(read);
  }
}

void Link::ask_one(Read& read) {
  const Time now = sim_.now();
  if (read.expires && read.asked == Bytes{})
    read.deadline = std::max(now, read.ready) + params_.completion_timeout + read.legs.to_requester;
  const Chunk chunk{read.asked, std::min(params_.max_read_request, read.size - read.asked)};
  read.asked += chunk.size;
  const Wire::Due due = wire(read.request)
                            .send(now, {PacketClass::kNonposted, Bytes{}, std::max(now, read.ready),
                                        read.legs.to_completer});
  when_due(read.request, due, Answer{this, &read, chunk});
}

void Link::answer(Read& read, Chunk chunk) {
  const Direction back = opposite(read.request);
  const Time now = sim_.now();
  const Duration service = read.serve(chunk);
  const Wire::Due due = wire(back).send(
      now, {PacketClass::kCompletion, chunk.size, now + service, read.legs.to_requester});
  when_due(back, due, Answered{this, &read, chunk.size});
}

/// The tag goes to whoever waited longest.
void Link::answered(Read& read, Bytes size) {
  Tags& own = tags(read.request);
  ++own.free;
  if (own.first != nullptr) {
    Read& waiting = *own.first;
    own.first = waiting.next;
    if (own.first == nullptr) own.last = nullptr;
    --own.waiting;
    ask_all(waiting);
  }
  read.answered += size;
  if (read.answered == read.size) finish(read);
}

/// It is known now that nothing comes before the deadline: only then does the deadline take an
/// entry of the agenda.
void Link::give_up_at_deadline(Read& read) {
  const Time deadline = std::exchange(read.deadline, Time::max());
  sim_.at(deadline, [this, &read] {
    ++completion_timeouts_;
    read.given_up = true;
    read.expired();
  });
}

/// `done` may start new reads, so the slot is handed back after it.
void Link::finish(Read& read) {
  if (!read.given_up) read.done();
  read.done.clear();
  read.expired.clear();
  read.serve.clear();
  read.next = unused_;
  unused_ = &read;
}

void Link::wait_for_tag(Read& read) {
  Tags& own = tags(read.request);
  ++tag_stalls_;
  ++own.waiting;
  read.next = nullptr;
  (own.last == nullptr ? own.first : own.last->next) = &read;
  own.last = &read;
}

}  // namespace pcie
