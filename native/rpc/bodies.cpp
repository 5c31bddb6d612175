// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/bodies.h"

#include <algorithm>

namespace native {

using rpc::Arrival;
using rpc::Reassembler;
using rpc::Segment;

bool Bodies::keep(const Segment& segment, std::span<const std::byte> bytes) {
  if (!has_room_for(segment)) return false;
  const Arrival arrival = segments_.add(segment);
  if (const auto forgotten = segments_.just_forgotten()) {
    if (const auto old = messages_.find(*forgotten); old != messages_.end()) forget(old);
  }
  if (arrival != Arrival::kPartial && arrival != Arrival::kComplete) return true;
  const Key key = Reassembler::key_of(segment);
  Message& message = messages_[key];
  // Its number again, before the first was used: the program counts it as another message.
  if (message.completed != 0) {
    in_order_.erase(message.completed);
    message.completed = 0;
  }
  bytes_ += segment.total - message.bytes.size();
  message.bytes.resize(segment.total);
  std::ranges::copy(bytes, message.bytes.begin() + segment.offset);
  if (arrival == Arrival::kComplete) complete(key);
  return true;
}

bool Bodies::has_room_for(const Segment& segment) const {
  const auto known = messages_.find(Reassembler::key_of(segment));
  const std::size_t there = known == messages_.end() ? 0 : known->second.bytes.size();
  return bytes_ - there + segment.total <= most_bytes_;
}

void Bodies::complete(Key key) {
  messages_[key].completed = ++completed_;
  in_order_.emplace(completed_, key);
}

std::vector<std::byte> Bodies::take(std::uint32_t connection, std::uint32_t number) {
  const auto found =
      messages_.find(Reassembler::key_of({.connection = connection, .message = number}));
  if (found == messages_.end() || found->second.completed == 0) return {};
  std::vector<std::byte> bytes = std::move(found->second.bytes);
  bytes_ -= bytes.size();
  const Order order = found->second.completed;
  messages_.erase(found);
  in_order_.erase(order);
  while (!in_order_.empty() && in_order_.begin()->first < order)
    forget(messages_.find(in_order_.begin()->second));
  return bytes;
}

void Bodies::drop(std::uint32_t connection, std::uint32_t number) {
  const auto found =
      messages_.find(Reassembler::key_of({.connection = connection, .message = number}));
  if (found != messages_.end() && found->second.completed != 0) forget(found);
}

void Bodies::forget(std::map<Key, Message>::iterator message) {
  bytes_ -= message->second.bytes.size();
  if (message->second.completed != 0) in_order_.erase(message->second.completed);
  messages_.erase(message);
}

}  // namespace native
