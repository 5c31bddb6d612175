// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/simulated_runtime.h"

#include <algorithm>
#include <utility>

namespace wave {

SimulatedRuntime::SimulatedRuntime(core::Core& core, memory::Mapping& mapping, Notifier& notifier,
                                   const AgentCosts& costs)
    : core_(core),
      mapping_(mapping),
      notifier_(notifier),
      costs_(costs),
      overhead_(core.scaled(costs.poll)),
      turn_(overhead_ + (mapping.type() == memory::MemoryType::kUncached
                             ? core.params().uncached_load
                             : core.params().clock.time_for(core.params().l1_hit))),
      table_mapping_(&mapping) {}

SimulatedRuntime::~SimulatedRuntime() {
  for (const auto& source : sources_) mapping_.region().watch(source->word, nullptr);
}

void SimulatedRuntime::add_queue(const QueuePlace& place) {
  Source source;
  source.is_queue = true;
  source.number = static_cast<int>(sources_.size() - slots_.size());
  source.queue = place;
  source.word = place.flag(0);
  add(std::move(source));
}

void SimulatedRuntime::add_slot(const SlotPlace& place) {
  Source source;
  source.number = static_cast<int>(slots_.size());
  source.word = place.outcome();
  slots_.push_back(place);
  add(std::move(source));
}

void SimulatedRuntime::use(const AgentMemory& memory) {
  for (const QueuePlace& queue : memory.queues) add_queue(queue);
  for (const SlotPlace& slot : memory.slots) add_slot(slot);
  use_table(memory.table);
}

void SimulatedRuntime::add(Source source) {
  Source& kept = *sources_.emplace_back(std::make_unique<Source>(std::move(source)));
  kept.runtime = this;
  kept.index = sources_.size() - 1;
  period_ = turn_ * static_cast<std::int64_t>(sources_.size());
  changed_.resize(sources_.size());
  changed_.insert(kept.index);
  mapping_.region().watch(kept.word, &kept);
}

Instant SimulatedRuntime::now() {
  return core_.now().time_since_epoch();
}

void SimulatedRuntime::ask_to_leave() {
  leaving_ = true;
  core_.unpark();
}

// Polling. A turn that finds its word unchanged takes a known time and changes nothing, so the loop
// is periodic until some line changes, and the instant at which it would come by that line is
// known. Only those turns are simulated.

Event SimulatedRuntime::poll(Instant deadline) {
  Event event;
  const sim::Time end{deadline};
  picking_since_.reset();
  thinking_since_.reset();  // what was staged is nothing that a CPU waits for
  core_.does("poll");
  while (!leaving_ && core_.now() < end) {
    if (!costs_.full_polling && !waits_for_own_stores() && !skip_unchanged(end)) continue;
    Source& source = *sources_[cursor_];
    cursor_ = after(1);
    if (look(source, event)) break;
  }
  return event;
}

/// Whether the next turn takes longer because the core's own stores have to be out first, as those
/// of a system call may not be: an uncached load across a link passes no store.
bool SimulatedRuntime::waits_for_own_stores() const {
  return mapping_.type() == memory::MemoryType::kUncached && mapping_.remote() &&
         core_.stores_visible() > core_.now();
}

/// One turn of the loop: loads the source's word and compares. True with an event.
bool SimulatedRuntime::look(Source& source, Event& event) {
  const std::uint64_t value = load(source);
  changed_.erase(source.index);
  core_.spend(overhead_, costs_.poll);
  if (value == (source.is_queue ? kFree : source.last)) return false;
  event.source = source.number;
  if (source.is_queue) {
    SIM_CHECK(value == source.last + 1);  // each message once, in the order in which it was sent
    take_message(source, event);
  } else {
    event.kind = Event::Kind::kOutcome;
    event.outcome = value;
  }
  source.last = value;
  return true;
}

std::uint64_t SimulatedRuntime::load(Source& source) {
  if (costs_.loads_ahead > 0 && mapping_.type() != memory::MemoryType::kUncached) {
    if (source.here > core_.now()) core_.spend(source.here - core_.now());
    fetch_ahead_of(source);
  }
  return core_.load<std::uint64_t>(mapping_, source.word);
}

/// While the core waits for a word that is not near, it goes on to the words of the next turns.
void SimulatedRuntime::fetch_ahead_of(const Source& source) {
  memory::Region& region = mapping_.region();
  const auto is_near = [&](const Source& s) { return region.line(s.word).held_by(core_.index()); };
  core_.sync();
  if (is_near(source)) return;
  const std::size_t ahead =
      std::min(static_cast<std::size_t>(costs_.loads_ahead), sources_.size() - 1);
  for (std::size_t i = 1; i <= ahead; ++i) {
    Source& next = *sources_[(source.index + i) % sources_.size()];
    if (!is_near(next)) next.here = core_.fetch_ahead(mapping_, next.word);
  }
}

/// Reads the entry at a queue's head and gives it back to the producer.
void SimulatedRuntime::take_message(Source& source, Event& event) {
  event.kind = Event::Kind::kMessage;
  event.slot = read_entry(core_, mapping_, source.queue, source.head);
  mapping_.region().watch(source.word, nullptr);
  core_.store(mapping_, source.word, kFree);
  source.head = source.queue.after(source.head);
  source.word = source.queue.flag(source.head);
  if (!settled(source)) changed_.insert(source.index);
  mapping_.region().watch(source.word, &source);
  mapping_.region().prefetch(source.queue.flag(source.queue.after(source.head)));
}

/// Whether looking at the source now would take a plain turn and find nothing.
bool SimulatedRuntime::settled(const Source& source) const {
  memory::Region& region = mapping_.region();
  std::uint64_t value;
  region.read(source.word, std::as_writable_bytes(std::span(&value, 1)));
  const memory::CoherentLine& line = region.line(source.word);
  // An uncached load takes longer when another node's cache has the newest copy.
  const bool plain = mapping_.type() == memory::MemoryType::kUncached
                         ? line.owner() == memory::kNoCore
                         : line.held_by(core_.index());
  return plain && value == (source.is_queue ? kFree : source.last);
}

/// Lets the turns pass that find nothing; true when the source at the cursor is one to look at,
/// false when the deadline has come or the host wants the agent to leave.
bool SimulatedRuntime::skip_unchanged(sim::Time deadline) {
  idle_since_ = core_.now();
  deadline_ = deadline;
  const sim::Time last = last_turn_before(deadline);
  if (last == idle_since_) return true;
  resume_at_.reset();
  if (const auto steps = changed_.steps_to_next(cursor_))
    resume(idle_since_ + static_cast<std::int64_t>(*steps) * turn_, after(*steps));
  while (!leaving_ && core_.now() < resume_at_.value_or(last)) {
    if (resume_at_ || last != sim::Time{kNever})
      core_.park_until(resume_at_.value_or(last));
    else
      core_.park();
  }
  if (leaving_) return false;
  if (!resume_at_) {
    take_last_turn(last);
    return false;
  }
  cursor_ = woken_by_;
  return true;
}

std::size_t SimulatedRuntime::after(std::size_t steps) const {
  const std::size_t index = cursor_ + steps;
  return index < sources_.size() ? index : index - sources_.size();
}

std::size_t SimulatedRuntime::steps_to(std::size_t index) const {
  return index >= cursor_ ? index - cursor_ : index + sources_.size() - cursor_;
}

/// The loop looks at the clock between turns only: when the one begins that the deadline ends.
sim::Time SimulatedRuntime::last_turn_before(sim::Time deadline) const {
  if (deadline == sim::Time{kNever}) return deadline;
  return idle_since_ + (deadline - idle_since_ - sim::Duration{1}) / turn_ * turn_;
}

/// As any turn, it is work ahead of the simulation.
void SimulatedRuntime::take_last_turn(sim::Time begin) {
  const std::int64_t turns = (begin - idle_since_) / turn_ + 1;
  cursor_ = after(static_cast<std::size_t>(turns) % sources_.size());
  core_.sync();
  core_.spend(turn_, costs_.poll);
}

void SimulatedRuntime::Source::line_changed(std::int64_t) {
  SimulatedRuntime& r = *runtime;
  r.changed_.insert(index);
  if (!r.core_.parked()) return;
  sim::Time when = r.idle_since_ + static_cast<std::int64_t>(r.steps_to(index)) * r.turn_;
  const sim::Duration late = r.core_.simulation().now() - when;
  if (late > sim::Duration{0})
    when += (late.count() + r.period_.count() - 1) / r.period_.count() * r.period_;
  if (r.resume(when, index)) r.core_.unpark_at(when);
}

/// Notes that the loop would come by source `index` at `when`; false if it comes by another one
/// before, or is left before because of its deadline.
bool SimulatedRuntime::resume(sim::Time when, std::size_t index) {
  if (when >= deadline_ || (resume_at_ && *resume_at_ <= when)) return false;
  resume_at_ = when;
  woken_by_ = index;
  return true;
}

// Decisions

namespace {

const char* name_of(Work work) {
  switch (work) {
    case Work::kHandleMessage:
      return "handle message";
    case Work::kHandleOutcome:
      return "handle outcome";
    case Work::kDecide:
      return "decide";
  }
  return "work";
}

}  // namespace

void SimulatedRuntime::write_decision(int slot, const Slot& decision, std::size_t words) {
  core_.does("write decision", slot);
  const std::size_t first = kFlagWord - words;
  const SlotPlace& place = slots_[static_cast<std::size_t>(slot)];
  core_.store(mapping_, place.decision() + static_cast<std::int64_t>(first * memory::kWord),
              std::as_bytes(std::span(decision).subspan(first)));
}

void SimulatedRuntime::notify(int slot) {
  core_.does("notify", slot);
  notifier_.notify(core_, slot);
  look_at_own_stores();
  if (!thinking_since_) return;
  ++decision_time_.notified;
  decision_time_.notified_total += core_.now() - *std::exchange(thinking_since_, std::nullopt);
}

/// A kernel that committed at once wrote outcome and messages on this core. Until they are out, a
/// look at them waits: turns that must not be skipped.
void SimulatedRuntime::look_at_own_stores() {
  if (core_.stores_visible() <= core_.now()) return;
  for (const auto& source : sources_)
    if (core_.has_pending_store(mapping_, source->word)) changed_.insert(source->index);
}

void SimulatedRuntime::charge(Work work) {
  if (work == Work::kDecide)
    thinking_since_ = std::exchange(picking_since_, std::nullopt).value_or(core_.now());
  core_.does(name_of(work));
  core_.compute(costs_.of(work));
}

void SimulatedRuntime::charge_blocks(Work part_of, std::int64_t blocks) {
  if (part_of == Work::kDecide) picking_since_ = core_.now();
  core_.does("policy");
  core_.run_blocks(blocks);
}

}  // namespace wave
