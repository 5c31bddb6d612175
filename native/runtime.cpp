// SPDX-License-Identifier: Apache-2.0
#include "native/runtime.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "native/interrupt_word.h"

namespace native {

using wave::Event;
using wave::Instant;

Runtime::Runtime(Words memory, const Layout& layout, int place, const Clock& clock, Instant spin)
    : memory_(memory),
      layout_(layout),
      place_(layout.place(place)),
      clock_(clock),
      spin_(spin),
      asleep_(memory.half(place_.asleep())) {
  for (int i = 0; i < layout.shape().queues; ++i) queues_.emplace_back(memory, place_.queue(i));
  for (int i = 0; i < layout.shape().cpus; ++i)
    slots_.push_back({.writer = DecisionWriter(memory, place_.slot(i))});
}

Event Runtime::poll(Instant deadline) {
  Event event;
  std::optional<Instant> idle_since;
  while (!leaving()) {
    if (look_round(event, std::memory_order_acquire)) return event;
    const Instant now = clock_.now();
    if (now >= deadline) return event;
    if (!idle_since) {
      idle_since = now;
      if (when_idle_) when_idle_();
    }
    if (now - *idle_since < spin_)
      relax();
    else if (sleep(event, deadline))
      return event;
  }
  return event;
}

/// Looks at every word once, beginning where the last look ended.
bool Runtime::look_round(Event& event, std::memory_order order) {
  const std::size_t sources = queues_.size() + slots_.size();
  for (std::size_t i = 0; i < sources; ++i) {
    const std::size_t source = cursor_;
    if (++cursor_ == sources) cursor_ = 0;
    if (look(source, event, order)) return true;
  }
  return false;
}

bool Runtime::look(std::size_t source, Event& event, std::memory_order order) {
  if (source < queues_.size()) {
    const auto message = queues_[source].take(order);
    if (!message) return false;
    event = {.kind = Event::Kind::kMessage, .source = static_cast<int>(source), .slot = *message};
    return true;
  }
  const std::size_t cpu = source - queues_.size();
  const std::uint64_t outcome = slots_[cpu].writer.outcome(order);
  if (outcome == slots_[cpu].outcome) return false;
  slots_[cpu].outcome = outcome;
  event = {.kind = Event::Kind::kOutcome, .source = static_cast<int>(cpu), .outcome = outcome};
  return true;
}

/// Until the host has written something, or the deadline has come. True with an event.
bool Runtime::sleep(Event& event, Instant deadline) {
  asleep_.announce();
  const bool found = look_round(event, std::memory_order_seq_cst);
  const bool asked = memory_.at(place_.leaving()).load(std::memory_order_seq_cst) != 0;
  if (!found && !asked) {
    std::optional<std::chrono::nanoseconds> limit;
    if (deadline != wave::kNever)
      limit = std::chrono::ceil<std::chrono::nanoseconds>(
          std::max(deadline - clock_.now(), Instant{0}));
    asleep_.wait(limit);
  }
  asleep_.retract();
  return found;
}

void Runtime::notify(int slot) {
  InterruptWord(memory_.half(layout_.interrupt(slot))).raise(Interrupt::kDecision);
}

}  // namespace native
