// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/storyteller.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <string_view>

#include "experiments/story/names.h"

namespace story {

using core::Step;
using experiments::CoreRole;
using sim::Time;

namespace {

std::string activity_of(const Made& step) {
  const std::string subject = subject_name(step.activity, step.number);
  return subject.empty() ? step.activity : fmt::format("{}: {}", step.activity, subject);
}

/// Whole tenths of a percent that add up to a thousand: the largest remainders are rounded up.
void share_out(std::vector<PathPart>& parts, sim::Duration whole) {
  std::vector<std::pair<std::int64_t, std::size_t>> remainders;
  int left = 1000;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::int64_t exact = parts[i].took().count() * 1000;
    parts[i].tenths = static_cast<int>(exact / whole.count());
    left -= parts[i].tenths;
    remainders.emplace_back(-(exact % whole.count()), i);
  }
  std::ranges::sort(remainders);
  for (int i = 0; i < left; ++i) ++parts[remainders[static_cast<std::size_t>(i)].second].tenths;
}

}  // namespace

Storyteller::Storyteller(const Recording& recording, const ParameterBook& book, bool coherent_link,
                         const Handover& handover)
    : recording_(recording),
      book_(book),
      handover_(handover),
      reasons_(recording, book, coherent_link),
      path_(critical_path(recording, handover)) {}

Story Storyteller::tell() {
  story_.cpu = who(handover_.cpu);
  story_.from = handover_.from;
  story_.to = handover_.to;
  story_.begin = handover_.begin;
  story_.end = handover_.end;
  tell_cpu();
  tell_agent();
  tell_path();
  std::ranges::stable_sort(story_.events, [](const Event& a, const Event& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.lane < b.lane;
  });
  name_parameters();
  return std::move(story_);
}

Lane Storyteller::lane_of(CoreNumber core) const {
  return recording_.place(core).role == CoreRole::kAgent ? Lane::kNic : Lane::kHost;
}

Lane Storyteller::lane_of_flight(const Segment& flight) const {
  if (lane_of(flight.core) == Lane::kNic) return Lane::kToNic;
  const bool from_cpu = flight.origin != nullptr && lane_of(flight.origin->from) == Lane::kHost;
  return from_cpu ? Lane::kWithinHost : Lane::kToHost;
}

std::string Storyteller::who(CoreNumber core) const {
  return recording_.place(core).core->name();
}

// What the CPU does

void Storyteller::tell_cpu() {
  for (const Made* step : recording_.steps(handover_.cpu, handover_.begin, handover_.end))
    tell_step(*step, handover_.cpu);
}

void Storyteller::tell_step(const Made& step, CoreNumber core) {
  if (step.took() == sim::Duration{}) return;
  if (!told_.emplace(core, step.begin, step.end).second) return;
  std::string what = name_of(step.kind, step.mapping);
  if (step.size > 0) what += fmt::format(", {} B", step.size);
  if (const std::string outcome = reasons_.outcome(step); !outcome.empty()) what += ", " + outcome;
  if (!step.says.empty()) what += ": " + step.says;
  if (step.kind == Step::Kind::kWait && step.origin) what += " for " + step.origin->what;
  story_.events.push_back({.lane = lane_of(core),
                           .who = who(core),
                           .activity = activity_of(step),
                           .what = std::move(what),
                           .begin = step.begin,
                           .end = step.end,
                           .reasons = reasons_.of(step, core)});
  tell_ways(step, core);
}

/// What the step sends across the link, and what comes back.
void Storyteller::tell_ways(const Made& step, CoreNumber core) {
  const bool from_host = lane_of(core) == Lane::kHost;
  const Lane there = from_host ? Lane::kToNic : Lane::kToHost;
  const Lane back = from_host ? Lane::kToHost : Lane::kToNic;
  for (const std::size_t number : step.trips) {
    const Trip* const found = recording_.trip(number);
    if (found == nullptr) continue;
    const Trip& trip = *found;
    const bool is_read = trip.kind == memory::PathObserver::Kind::kRead;
    if (trip.at_memory == Time{}) continue;  // still on its way when the recording ended
    Event event{.lane = there,
                .who = "PCIe",
                .activity = activity_of(step),
                .what = fmt::format("{} {} B", is_read ? "read" : "write", trip.size),
                .begin = trip.left,
                .end = trip.at_memory};
    if (!is_read) event.reasons = reasons_.of(trip);
    story_.events.push_back(event);
    if (!is_read || trip.expired || trip.back == Time{}) continue;
    event.lane = back;
    event.what = fmt::format("completion {} B", trip.size);
    event.begin = trip.at_memory;
    event.end = trip.back;
    story_.events.push_back(event);
  }
}

// What the agent does about it

std::vector<Storyteller::Episode> Storyteller::episodes(CoreNumber core, Time begin,
                                                        Time end) const {
  std::vector<Episode> all;
  bool looked = true;  // so that the first step begins one
  for (const Made* step : recording_.steps(core, begin, end)) {
    const bool polls = std::string_view(step->activity) == "poll";
    const bool finds = polls && step->origin.has_value();
    if (finds || (polls && !looked) || all.empty()) all.emplace_back();
    looked = polls && !finds && all.back().empty();
    if (!polls || finds || !all.back().empty()) all.back().push_back(step);
  }
  return all;
}

bool Storyteller::concerns_cpu(const Episode& episode) const {
  return std::ranges::any_of(episode, [this](const Made* step) {
    const bool heard = step->origin && step->origin->kind == Origin::Kind::kWord &&
                       step->origin->from == handover_.cpu;
    const bool decided = step->kind == Step::Kind::kStore &&
                         step->word.kind == Word::Kind::kDecision &&
                         static_cast<CoreNumber>(step->word.number) == handover_.cpu;
    return heard || decided;
  });
}

/// When the decision was written that the CPU found; the handover's begin if it found none.
Time Storyteller::decided_at() const {
  Time when = handover_.begin;
  for (const Made* step : recording_.steps(handover_.cpu, handover_.begin, handover_.end))
    if (step->origin && step->word.kind == Word::Kind::kDecision)
      when = std::min(when, step->origin->sent);
  return when;
}

void Storyteller::tell_agent() {
  const Time decided = decided_at();
  for (CoreNumber core = 0; core < recording_.cores(); ++core) {
    if (recording_.place(core).role != CoreRole::kAgent) continue;
    const sim::Duration episode = std::chrono::microseconds{5};  // longer than one is
    for (const Episode& e : episodes(core, decided - episode, handover_.end)) {
      if (e.empty() || !concerns_cpu(e)) continue;
      const bool decides = e.front()->begin < decided && decided <= e.back()->end;
      if (e.back()->end <= handover_.begin && !decides) continue;
      for (const Made* step : e) tell_step(*step, core);
    }
  }
}

// The critical path

void Storyteller::tell_path() {
  for (const Segment& segment : path_) {
    if (segment.step != nullptr)
      tell_step(*segment.step, segment.core);
    else if (segment.kind == Segment::Kind::kFlight && segment.trip == 0)
      tell_flight(segment);
    const PathPart part = part_of(segment);
    std::vector<PathPart>& parts = story_.path;
    if (!parts.empty() && parts.back().who == part.who && parts.back().what == part.what)
      parts.back().end = part.end;
    else
      parts.push_back(part);
  }
  share_out(story_.path, handover_.took());
}

PathPart Storyteller::part_of(const Segment& segment) const {
  PathPart part{.lane = lane_of(segment.core),
                .who = who(segment.core),
                .what = {},
                .begin = segment.begin,
                .end = segment.end};
  switch (segment.kind) {
    case Segment::Kind::kStep:
      part.what = activity_of(*segment.step);
      break;
    case Segment::Kind::kFlight:
      part.lane = lane_of_flight(segment);
      part.who = "on its way";
      part.what = segment.trip != 0 ? "line that was prefetched" : segment.origin->what;
      break;
    case Segment::Kind::kQueue:
      part.what = "has yet to come by " + segment.origin->what;
      break;
    case Segment::Kind::kUnseen:
      part.what = "not recorded";
      break;
  }
  return part;
}

/// An interrupt: words on their way are told with the step that stores them.
void Storyteller::tell_flight(const Segment& flight) {
  const Origin& origin = *flight.origin;
  if (origin.kind != Origin::Kind::kInterrupt) return;
  story_.events.push_back({.lane = lane_of_flight(flight),
                           .who = recording_.place(origin.from).on_nic ? "PCIe" : "host",
                           .activity = "interrupt",
                           .what = origin.what,
                           .begin = flight.begin,
                           .end = flight.end,
                           .reasons = reasons_.of(flight)});
}

void Storyteller::name_parameters() {
  std::set<std::string> named;
  for (const Event& event : story_.events)
    for (const Reason& reason : event.reasons)
      if (!reason.parameter.empty()) named.insert(reason.parameter);
  for (const std::string& path : named) story_.parameters.push_back(book_.at(path));
}

}  // namespace story
