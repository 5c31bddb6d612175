// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/recording.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "experiments/story/names.h"
#include "models/memory/mapping.h"
#include "sim/check.h"

namespace story {

using core::Core;
using core::Step;
using sim::Time;

namespace {

// Of a core's steps and of all trips; some milliseconds of a busy agent.
constexpr std::size_t kKept = 60'000;

std::int64_t line_of(std::int64_t offset) {
  return offset / memory::kCacheLine;
}

}  // namespace

void Recording::add_core(const experiments::CorePlace& place) {
  numbers_.emplace(place.core, cores_.size());
  cores_.push_back({.place = place});
}

// A look back

const Made* Recording::before(CoreNumber core, Time when) const {
  const std::deque<Made>& steps = cores_[core].steps;
  const auto found = std::ranges::lower_bound(steps, when, {}, &Made::end);
  // Of several that end there, those that take no time come last.
  if (found == steps.end() || found->begin >= when) return nullptr;
  return &*found;
}

std::vector<const Made*> Recording::steps(CoreNumber core, Time begin, Time end) const {
  std::vector<const Made*> chosen;
  for (const Made& step : cores_[core].steps)
    if (step.end > begin && step.begin < end) chosen.push_back(&step);
  return chosen;
}

// Steps

void Recording::begins(const Core& core, const Step& step) {
  CoreRecord& c = of(core);
  c.current = {.kind = step.kind,
               .begin = core.now(),
               .activity = c.activity,
               .number = c.number,
               .mapping = step.mapping,
               .offset = step.offset,
               .size = step.bytes.size()};
}

void Recording::takes(const Core& core, const core::Part& part) {
  if (part.each > sim::Duration{0}) of(core).current.parts.push_back(part);
}

void Recording::ends(const Core& core, const Step& step) {
  CoreRecord& c = of(core);
  c.current.end = core.now();
  if (step.kind == Step::Kind::kStore) stored(c, step);
  if (step.kind == Step::Kind::kLoad) loaded(c, step);
  if (step.kind == Step::Kind::kWait && !c.interrupts.empty()) {
    c.current.origin = c.interrupts.front();
    c.interrupts.clear();
  }
  c.steps.push_back(std::move(c.current));
  forget(c);
}

void Recording::stored(CoreRecord& core, const Step& step) {
  Made& made = core.current;
  made.word = word_of(step);
  made.says = meaning(step);
  const std::size_t trip = made.trips.empty() ? 0 : made.trips.back();
  words_.stored(*core.place.core, step, {numbers_.at(core.place.core), made.end, trip, made.says});
}

void Recording::loaded(CoreRecord& core, const Step& step) {
  Made& made = core.current;
  const CoreNumber number = numbers_.at(core.place.core);
  const auto fill = fills_.find({number, {&step.mapping->region(), line_of(step.offset)}});
  // Begun before this step and not ended before it: a prefetch.
  if (made.trips.empty() && fill != fills_.end())
    if (const Trip* const prefetch = trip(fill->second); prefetch && prefetch->back > made.begin)
      made.awaited = fill->second;
  const auto told = words_.loaded(*core.place.core, step);
  if (!told) return;
  made.word = word_of(step);
  const Store& store = told->teller;
  const Trip* const carried = trip(store.trip);
  made.says = store.says;
  made.origin = {.kind = Origin::Kind::kWord,
                 .from = store.from,
                 .sent = carried != nullptr ? carried->left : store.end,
                 .arrived = carried != nullptr ? carried->at_memory : store.end,
                 .what = store.says,
                 .trip = carried != nullptr ? store.trip : 0};
}

Word Recording::word_of(const Step& step) const {
  if (step.bytes.size() < kWordBytes || !shared_.is(step.mapping->region())) return {};
  return shared_.at(words_.last_offset(step));
}

/// What a stored word tells whoever reads it.
std::string Recording::meaning(const Step& step) const {
  const Word word = word_of(step);
  if (word.kind == Word::Kind::kOther) return {};
  const wave::Slot slot = slot_of(step.bytes);
  switch (word.kind) {
    case Word::Kind::kMessage: {
      if (slot[wave::kFlagWord] == wave::kFree) return "entry free again";
      const auto message = wave::scheduling::decode_message(slot);
      return fmt::format("{} thread {}", name_of(message.type),
                         wave::scheduling::tid_of(message.gtid));
    }
    case Word::Kind::kDecision:
      return fmt::format(
          "decision: thread {} on cpu{}",
          wave::scheduling::tid_of(wave::scheduling::decode_transaction(slot).target), word.number);
    case Word::Kind::kOutcome: {
      const auto outcome = wave::scheduling::decode_outcome(slot[wave::kFlagWord]);
      return fmt::format("outcome of cpu{}: {}{}", word.number,
                         wave::scheduling::name_of(outcome.state), outcome.idle ? ", idle" : "");
    }
    case Word::Kind::kOther:
      break;
  }
  return {};
}

void Recording::forget(CoreRecord& core) {
  while (core.steps.size() > kKept) core.steps.pop_front();
  for (; trips_.size() > kKept; ++first_trip_) trips_.pop_front();
}

// What steps are for

void Recording::does(const Core& core, const char* what, std::int64_t number) {
  CoreRecord& c = of(core);
  const std::string_view activity = what;
  c.activity = what;
  c.number = number;
  if (activity == "stop") {
    c.handover = Handover{
        .cpu = numbers_.at(&core), .from = number, .to = 0, .begin = core.now(), .end = {}};
  } else if (activity == "thread") {
    c.handover.reset();  // it was woken before it slept, and goes on
  } else if (activity == "take interrupt") {
    c.interrupts.clear();
  } else if (activity == "run" && c.handover) {
    c.handover->to = number;
    c.handover->end = core.now();
    handovers_.push_back(*c.handover);
    c.handover.reset();
  }
}

// Interrupts

void Recording::interrupts(const Core& by, const Core& to, int kind) {
  const CoreRecord& sender = of(by);
  sent_[{&to, kind}].push_back({.kind = Origin::Kind::kInterrupt,
                                .from = numbers_.at(&by),
                                .sent = by.now(),
                                .what = fmt::format("{}: {}", sender.place.on_nic ? "MSI-X" : "IPI",
                                                    name_of_interrupt(kind))});
}

void Recording::interrupted(const Core& to, int kind) {
  auto& sent = sent_[{&to, kind}];
  if (sent.empty()) return;
  Origin origin = std::move(sent.front());
  sent.pop_front();
  origin.arrived = sim_.now();
  of(to).interrupts.push_back(std::move(origin));
}

// Paths

void Recording::goes_out(const Core& core) {
  out_ = numbers_.at(&core);
}

std::uint64_t Recording::leaves(Kind kind, const memory::Region& region, std::int64_t offset,
                                std::size_t size, sim::Duration later) {
  trips_.push_back({.kind = kind, .core = out_, .size = size, .left = sim_.now() + later});
  const std::size_t number = first_trip_ + trips_.size() - 1;
  cores_[out_].current.trips.push_back(number);
  if (kind == Kind::kRead) fills_[{out_, {&region, line_of(offset)}}] = number;
  return number;
}

void Recording::at_memory(std::uint64_t trip, sim::Duration service) {
  if (trip < first_trip_) return;
  trips_[trip - first_trip_].at_memory = sim_.now();
  trips_[trip - first_trip_].service = service;
}

void Recording::back(std::uint64_t trip) {
  if (trip >= first_trip_) trips_[trip - first_trip_].back = sim_.now();
}

void Recording::expired(std::uint64_t trip) {
  back(trip);
  if (trip >= first_trip_) trips_[trip - first_trip_].expired = true;
}

}  // namespace story
