// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/wire.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace pcie {
namespace {

constexpr Bytes kWord = 4_B;

constexpr std::size_t index(PacketClass kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

Wire::Wire(const LinkParams& p)
    : one_way_(p.one_way()),
      credit_return_(p.credit_return),
      header_{p.write_header, p.read_header, p.completion_header},
      largest_{p.max_payload, Bytes{}, p.completion_payload()},
      credits_{Credits{p.posted_header_credits, p.posted_data_credits},
               Credits{p.nonposted_header_credits, 0},
               Credits{p.completion_header_credits, p.completion_data_credits}} {
  SIM_CHECK(!check(p));
  const Bytes longest = p.max_payload + *std::max_element(header_.begin(), header_.end());
  const Bandwidth bandwidth = p.tlp_bandwidth();
  for (Bytes length{}; length <= longest; length += kWord)
    word_times_.push_back(bandwidth.time_for(length));
}

Wire::Due Wire::send(Time now, const Departure& d) {
  settle(now);
  const bool data = d.kind != PacketClass::kNonposted;
  SIM_CHECK(data == (d.payload > 0_B));
  const std::int64_t packets = packets_of(d);
  const Train fresh{d.kind, d.payload, packets, d.ready, d.tail, 0, Time{}, kNone, kNone};
  held_ += packets;
  return d.ready > now ? expect(fresh) : join(now, fresh);
}

/// Nearly always one, and a division takes longer than to see that.
inline std::int64_t Wire::packets_of(const Departure& d) const {
  const Bytes largest = largest_[index(d.kind)];
  if (d.kind == PacketClass::kNonposted || d.payload <= largest) return 1;
  return divide_up(d.payload, largest);
}

/// A train that is not ready yet: it could be alone on the wire then.
inline Wire::Due Wire::expect(const Train& train) {
  const std::int32_t id = store(train);
  insert_by_ready(id);
  return {due(train, train.ready).when, id};
}

/// A train that is ready: it mostly goes at once and is never stored.
inline Wire::Due Wire::join(Time now, Train train) {
  settled_ = now;
  train.age = ++ages_;
  if (!must_queue(train.kind) && run(train, now)) return {train.delivered + train.tail};
  const std::int32_t id = store(train);
  block(id);
  return {due(train, now).when, id};
}

Wire::Due Wire::ask(Time now, std::int32_t id) {
  settle(now);
  Train& train = at(id);
  if (train.packets > 0) {
    // Blocked. Its class's head goes first, and when that waits for a posted one, that goes first.
    Time start = unblocked(train.kind);
    if (start == Time::max()) start = unblocked(PacketClass::kPosted);
    return {due(train, start).when, id};
  }
  train.next = unused_;
  unused_ = id;
  return {train.delivered + train.tail};
}

void Wire::stall(Time now, Time until) {
  settle(now);
  free_ = std::max(free_, until);
}

Time Wire::free_at(Time now) {
  settle(now);
  Time next = free_;
  for (const PacketClass kind :
       {PacketClass::kPosted, PacketClass::kNonposted, PacketClass::kCompletion})
    if (const Time when = unblocked(kind); when != Time::max()) next = std::max(next, when);
  return next;
}

std::int64_t Wire::held(Time now) {
  settle(now);
  return held_;
}

const WireStats& Wire::stats(Time now) {
  settle(now);
  return stats_;
}

void Wire::take_steps(Time now) {
  while (blocked_trains_ == 0 && next_ready_ <= now) take({next_ready_, &coming_});
  if (blocked_trains_ == 0) return;
  for (Step step = next_step(); step.list != nullptr && step.when <= now; step = next_step())
    take(step);
}

/// What happens next: a blocked train may go on, the oldest first, or one gets ready.
Wire::Step Wire::next_step() {
  Step next{next_ready_, coming_.first == kNone ? nullptr : &coming_};
  std::uint64_t age = std::numeric_limits<std::uint64_t>::max();  // of what is only coming
  for (List& list : blocked_) {
    if (list.first == kNone) continue;
    const Train& head = at(list.first);
    const Time when = unblocked(head.kind);
    if (when > next.when || (when == next.when && head.age > age)) continue;
    next = {when, &list};
    age = head.age;
  }
  return next;
}

inline void Wire::take(Step step) {
  settled_ = std::max(settled_, step.when);
  const std::int32_t id = step.list->first;
  Train& train = at(id);
  if (step.list != &coming_) {
    if (run(train, step.when)) unblock(*step.list);
    return;
  }
  start_coming();
  train.age = ++ages_;
  if (must_queue(train.kind) || !run(train, step.when)) block(id);
}

/// When the oldest blocked train of a class may go on: at once when the wire will be busy until its
/// credits are back. Never, as far as is known, when it waits for an older posted one or there is
/// none.
Time Wire::unblocked(PacketClass kind) const {
  const std::int32_t id = blocked(kind).first;
  if (id == kNone) return Time::max();
  const Train& head = at(id);
  const std::int32_t posted = blocked(PacketClass::kPosted).first;
  if (posted != kNone && at(posted).age < head.age) return Time::max();
  const Time credits = credits_[index(kind)].available(next_payload(head));
  return credits <= std::max(settled_, free_) ? settled_ : credits;
}

inline bool Wire::must_queue(PacketClass kind) const {
  if (blocked_trains_ == 0) return false;
  return blocked(kind).first != kNone || blocked(PacketClass::kPosted).first != kNone;
}

/// Puts a train's packets on the wire until one finds no credits; true when all are out. Credits
/// that come back while the wire is busy anyway are no reason to step aside.
inline bool Wire::run(Train& train, Time from) {
  for (;;) {
    const Bytes payload = next_payload(train);
    if (!credits_[index(train.kind)].enough_at(std::max(from, free_), payload)) {
      ++stats_.credit_stalls;
      return false;
    }
    transmit(train, payload, from);
    train.left -= payload;
    train.delivered = free_ + one_way_;
    if (--train.packets == 0) return true;
  }
}

inline void Wire::transmit(const Train& train, Bytes payload, Time from) {
  const Duration taken = wire_time(train.kind, payload);
  free_ = std::max(from, free_) + taken;
  credits_[index(train.kind)].spend(payload, free_ + one_way_ + credit_return_);
  --held_;
  count(train.kind, payload, taken);
}

inline void Wire::count(PacketClass kind, Bytes payload, Duration taken) {
  stats_.busy += taken;
  switch (kind) {
    case PacketClass::kPosted:
      ++stats_.posted;
      stats_.posted_payload += payload;
      return;
    case PacketClass::kNonposted:
      ++stats_.nonposted;
      return;
    case PacketClass::kCompletion:
      ++stats_.completions;
      stats_.completion_payload += payload;
      return;
  }
}

inline Bytes Wire::next_payload(const Train& train) const {
  return std::min(train.left, largest_[index(train.kind)]);
}

/// A payload takes whole words; which of the bytes count is said in the header.
inline Duration Wire::wire_time(PacketClass kind, Bytes payload) const {
  const std::int64_t words = divide_up(header_[index(kind)] + payload, kWord);
  return word_times_[static_cast<std::size_t>(words)];
}

/// The earliest that the rest of a train can be delivered when it starts at `start`.
inline Wire::Due Wire::due(const Train& train, Time start) const {
  return {std::max(start, free_) + wire_time(train.kind, next_payload(train)) + one_way_ +
          train.tail};
}

inline std::int32_t Wire::store(const Train& train) {
  if (unused_ == kNone) {
    trains_.push_back(train);
    return static_cast<std::int32_t>(trains_.size() - 1);
  }
  const std::int32_t id = unused_;
  unused_ = at(id).next;
  at(id) = train;
  return id;
}

/// From the back: most trains get ready in the order in which they are handed over.
inline void Wire::insert_by_ready(std::int32_t id) {
  std::int32_t before = coming_.last;
  while (before != kNone && at(before).ready > at(id).ready) before = at(before).previous;
  const std::int32_t after = before == kNone ? coming_.first : at(before).next;
  at(id).previous = before;
  at(id).next = after;
  (before == kNone ? coming_.first : at(before).next) = id;
  (after == kNone ? coming_.last : at(after).previous) = id;
  next_ready_ = at(coming_.first).ready;
}

/// Takes the train that is ready next off the list of those that are coming.
inline void Wire::start_coming() {
  coming_.first = at(coming_.first).next;
  (coming_.first == kNone ? coming_.last : at(coming_.first).previous) = kNone;
  next_ready_ = coming_.first == kNone ? Time::max() : at(coming_.first).ready;
}

void Wire::block(std::int32_t id) {
  List& list = blocked(at(id).kind);
  at(id).next = kNone;
  (list.last == kNone ? list.first : at(list.last).next) = id;
  list.last = id;
  ++blocked_trains_;
}

void Wire::unblock(List& list) {
  list.first = at(list.first).next;
  if (list.first == kNone) list.last = kNone;
  --blocked_trains_;
}

}  // namespace pcie
