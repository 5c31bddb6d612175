// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/protocol/reassembly.h"

#include <algorithm>

namespace rpc {

bool Extents::complete() const {
  return there_.size() == 1 && there_.front().begin == 0 && there_.front().end == total_;
}

Arrival Extents::add(std::uint32_t offset, std::uint32_t length) {
  Extent added{offset, offset + length};
  // Those that it touches become one with it.
  const auto first = std::ranges::lower_bound(there_, added.begin, {}, &Extent::end);
  auto last = first;
  while (last != there_.end() && last->begin <= added.end) ++last;
  if (last - first == 1 && first->begin <= added.begin && added.end <= first->end)
    return Arrival::kDuplicate;
  if (first == last && there_.size() == kMostHoles) return Arrival::kTooManyHoles;
  if (first != last) {
    added.begin = std::min(added.begin, first->begin);
    added.end = std::max(added.end, (last - 1)->end);
  }
  there_.insert(there_.erase(first, last), added);
  return complete() ? Arrival::kComplete : Arrival::kPartial;
}

Reassembler::Reassembler(std::size_t most_messages, std::uint32_t most_bytes)
    : most_messages_(std::max<std::size_t>(most_messages, 1)), most_bytes_(most_bytes) {}

bool Reassembler::well_formed(const Segment& segment) const {
  return segment.length > 0 && segment.total <= most_bytes_ && segment.offset < segment.total &&
         segment.length <= segment.total - segment.offset;
}

Reassembler::Messages::iterator Reassembler::begin_message(Key key, std::uint32_t total) {
  if (messages_.size() == most_messages_) {
    just_forgotten_ = by_age_.front();
    end_message(messages_.find(*just_forgotten_));
    ++forgotten_;
  }
  const auto age = by_age_.insert(by_age_.end(), key);
  return messages_.emplace(key, Message{Extents(total), age}).first;
}

void Reassembler::end_message(Messages::iterator message) {
  by_age_.erase(message->second.age);
  messages_.erase(message);
}

Arrival Reassembler::add(const Segment& segment) {
  const Key key = key_of(segment);
  just_forgotten_.reset();
  auto found = messages_.find(key);
  if (!well_formed(segment) ||
      (found != messages_.end() && found->second.extents.total() != segment.total)) {
    ++malformed_;
    return Arrival::kMalformed;
  }
  if (segment.length == segment.total && found == messages_.end()) return Arrival::kComplete;
  if (found == messages_.end()) found = begin_message(key, segment.total);
  const Arrival arrival = found->second.extents.add(segment.offset, segment.length);
  if (arrival == Arrival::kComplete) end_message(found);
  return arrival;
}

}  // namespace rpc
