// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.h"

#include "sim/check.h"

namespace sim {

TraceLog::Name TraceLog::intern(std::string_view name) {
  if (const auto known = name_ids_.find(name); known != name_ids_.end()) return known->second;
  const auto id = static_cast<Name>(names_.size());
  names_.emplace_back(name);
  name_ids_.emplace(name, id);
  return id;
}

bool TraceLog::room() {
  if (records_ == limit_) return ++dropped_, false;
  return ++records_, true;
}

Track TraceLog::track(std::string_view name, Track parent) {
  SIM_CHECK(parent.id <= tracks_.size());
  const Name id = intern(name);
  const Track next{static_cast<std::uint32_t>(tracks_.size() + 1)};
  const auto [entry, is_new] = track_ids_.try_emplace({parent, id}, next);
  if (is_new) tracks_.push_back({id, parent});
  return entry->second;
}

void TraceLog::span(Track track, std::string_view name, Time begin, Time end, const Cause& cause) {
  SIM_CHECK(track.id != 0);
  SIM_CHECK(begin <= end);
  if (room()) {
    spans_.push_back({track, intern(name), intern(cause.what), cause.request, begin, end});
  }
}

void TraceLog::instant(Track track, std::string_view name, Time at, const Cause& cause) {
  SIM_CHECK(track.id != 0);
  if (room()) instants_.push_back({track, intern(name), intern(cause.what), cause.request, at});
}

void TraceLog::counter(Track track, std::string_view name, Time at, double value) {
  SIM_CHECK(track.id != 0);
  if (room()) samples_.push_back({track, intern(name), at, value});
}

void TraceLog::flow(Track from, Time sent, Track to, Time arrived, std::string_view name,
                    std::int64_t request) {
  SIM_CHECK(from.id != 0 && to.id != 0);
  SIM_CHECK(sent <= arrived);
  if (room()) arrows_.push_back({intern(name), request, from, to, sent, arrived});
}

}  // namespace sim
