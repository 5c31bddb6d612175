// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/wire.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace pcie {
namespace {

constexpr std::size_t kWord = 4;

}  // namespace

Wire::Wire(const LinkParams& p)
    : one_way_(p.one_way()),
      credit_return_(p.credit_return),
      classes_{Class{p.write_header, p.max_payload,
                     Credits{p.posted_header_credits, p.posted_data_credits}},
               Class{p.read_header, Bytes{}, Credits{p.nonposted_header_credits, 0}},
               Class{p.completion_header, p.completion_payload(),
                     Credits{p.completion_header_credits, p.completion_data_credits}}} {
  SIM_CHECK(!check(p));
  const Bytes longest =
      p.max_payload + std::max({p.write_header, p.read_header, p.completion_header});
  const Bandwidth bandwidth = p.tlp_bandwidth();
  for (Bytes length{}; length <= longest; length += Bytes{kWord})
    word_times_.push_back(bandwidth.time_for(length));
}

Wire::Due Wire::send(Time now, const Departure& d) {
  settle(now);
  const bool data = d.kind != PacketClass::kNonposted;
  SIM_CHECK(data == (d.payload > 0_B));
  const std::int64_t packets = packets_of(d);
  held_ += packets;
  return d.ready > now ? expect(d, packets) : join(now, d, packets);
}

/// Nearly always one, and a division takes longer than to see that.
inline std::int64_t Wire::packets_of(const Departure& d) const {
  const Bytes largest = of(d.kind).largest;
  if (d.kind == PacketClass::kNonposted || d.payload <= largest) return 1;
  return divide_up(d.payload, largest);
}

/// A train that is not ready yet: it could be alone on the wire then.
inline Wire::Due Wire::expect(const Departure& d, std::int64_t packets) {
  const std::int32_t id = unused_train();
  Train& train = at(id);
  train.kind = d.kind;
  train.left = d.payload;
  train.packets = packets;
  train.ready = d.ready;
  train.tail = d.tail;
  insert_by_ready(id);
  return {due(train, d.ready).when, id};
}

/// A train that is ready: it mostly goes at once and is never stored.
inline Wire::Due Wire::join(Time now, const Departure& d, std::int64_t packets) {
  settled_ = now;
  Train train{d.kind, d.payload, packets, d.ready, d.tail, ++ages_, Time{}, kNone, kNone};
  if (!must_queue(train.kind) && run(train, now)) return {train.delivered + train.tail};
  const std::int32_t id = unused_train();
  at(id) = train;
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
  while (blocked_trains_ == 0 && next_ready_ <= now) take_coming();
  if (blocked_trains_ == 0) return;
  for (Step step = next_step(); step.list != nullptr && step.when <= now; step = next_step())
    take(step);
}

/// What happens next: a blocked train may go on, the oldest first, or one gets ready.
Wire::Step Wire::next_step() {
  Step next{next_ready_, coming_.first == kNone ? nullptr : &coming_};
  std::uint64_t age = std::numeric_limits<std::uint64_t>::max();  // of what is only coming
  for (Class& c : classes_) {
    if (c.blocked.first == kNone) continue;
    const Train& head = at(c.blocked.first);
    const Time when = unblocked(head.kind);
    if (when > next.when || (when == next.when && head.age > age)) continue;
    next = {when, &c.blocked};
    age = head.age;
  }
  return next;
}

inline void Wire::take(Step step) {
  if (step.list == &coming_) return take_coming();
  settled_ = std::max(settled_, step.when);
  if (run(at(step.list->first), step.when)) unblock(*step.list);
}

inline void Wire::take_coming() {
  const std::int32_t id = coming_.first;
  Train& train = at(id);
  settled_ = std::max(settled_, train.ready);
  start_coming();
  train.age = ++ages_;
  if (must_queue(train.kind) || !run(train, train.ready)) block(id);
}

/// When the oldest blocked train of a class may go on: at once when the wire will be busy until its
/// credits are back. Never, as far as is known, when it waits for an older posted one or there is
/// none.
Time Wire::unblocked(PacketClass kind) const {
  const std::int32_t id = of(kind).blocked.first;
  if (id == kNone) return Time::max();
  const Train& head = at(id);
  const std::int32_t posted = of(PacketClass::kPosted).blocked.first;
  if (posted != kNone && at(posted).age < head.age) return Time::max();
  const Time credits = of(kind).credits.available(next_payload(head));
  return credits <= std::max(settled_, free_) ? settled_ : credits;
}

inline bool Wire::must_queue(PacketClass kind) const {
  if (blocked_trains_ == 0) return false;
  return of(kind).blocked.first != kNone || of(PacketClass::kPosted).blocked.first != kNone;
}

/// Puts a train's packets on the wire until one finds no credits; true when all are out. Credits
/// that come back while the wire is busy anyway are no reason to step aside.
inline bool Wire::run(Train& train, Time from) {
  Class& c = of(train.kind);
  for (;;) {
    const Bytes payload = std::min(train.left, c.largest);
    const std::int64_t units = c.credits.units_for(payload);
    const Time start = std::max(from, free_);
    if (!c.credits.enough_at(start, units)) {
      ++stats_.credit_stalls;
      return false;
    }
    const Duration taken = wire_time(c, payload);
    free_ = start + taken;
    train.delivered = free_ + one_way_;
    c.credits.spend(units, train.delivered + credit_return_);
    count(train.kind, payload, taken);
    if (observer_ != nullptr) [[unlikely]]
      observer_->carries(direction_, {train.kind, payload, start, taken, train.delivered});
    train.left -= payload;
    if (--train.packets == 0) return true;
  }
}

inline void Wire::count(PacketClass kind, Bytes payload, Duration taken) {
  --held_;
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
  return std::min(train.left, of(train.kind).largest);
}

/// A payload takes whole words; which of the bytes count is said in the header.
inline Duration Wire::wire_time(const Class& c, Bytes payload) const {
  const auto bytes = static_cast<std::size_t>((c.header + payload).count);
  return word_times_[(bytes + kWord - 1) / kWord];
}

/// The earliest that the rest of a train can be delivered when it starts at `start`.
inline Wire::Due Wire::due(const Train& train, Time start) const {
  return {std::max(start, free_) + wire_time(of(train.kind), next_payload(train)) + one_way_ +
          train.tail};
}

inline std::int32_t Wire::unused_train() {
  if (unused_ == kNone) {
    trains_.emplace_back();
    return static_cast<std::int32_t>(trains_.size() - 1);
  }
  const std::int32_t id = unused_;
  unused_ = at(id).next;
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
  List& list = of(at(id).kind).blocked;
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
