// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/page_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/check.h"

namespace tiering {

namespace {

std::size_t place(Level level) {
  return static_cast<std::size_t>(level - std::numeric_limits<Level>::min());
}

}  // namespace

/// Neighbours were mostly scanned together.
inline Level PageTable::level_of_span(sim::Duration span) {
  if (span != span_) {
    span_ = span;
    span_level_ = level_of(sim::to_seconds(span));
  }
  return span_level_;
}

PageTable::PageTable(Batch batches, int pages, std::uint64_t seed, const TlbSetup& tlb)
    : touched_(pages),
      stream_(seed, "access bits"),
      dirty_stream_(seed, "dirty bits"),
      bits_(index(batches), {.level = level_of(0)}),
      events_(bits_.size()),
      rates_(bits_.size()),
      tlb_(tlb),
      by_level_(std::size_t{1} << 16),
      writes_(bits_.size()),
      written_(bits_.size()) {
  by_level_[place(level_of(0))] = batches;
}

void PageTable::set_accesses(Batch batch, Level per_second, double written, sim::Time now) {
  const std::size_t b = index(batch);
  AccessBits& bits = bits_[b];
  const Level span = level_of_span(now - begin(b));
  bits.before += static_cast<float>(accesses_of(tlb_.seen(bits.level, span)));
  bits.eventful = true;
  events_[b].rated = now;
  --by_level_[place(bits.level)];
  ++by_level_[place(per_second)];
  levels_changed_ = true;
  bits.level = per_second;
  rates_[b] = accesses_of(per_second) * pages();
  writes_[b] = {.before = static_cast<float>(writes_[b].by(now)),
                .rate = static_cast<float>(accesses_of(per_second) * written),
                .since = now};
}

/// Since when the batch has had its present rate with all bits clear but for those of before.
inline sim::Time PageTable::begin(std::size_t b) const {
  return bits_[b].eventful ? std::max(bits_[b].scanned, events_[b].rated) : bits_[b].scanned;
}

/// How much accesses since then, at the present rate, have done to access bits. Levels have been
/// counted.
inline Level PageTable::seen(std::size_t b, sim::Time now) {
  return tlb_.seen(bits_[b].level, level_of_span(now - begin(b)));
}

/// How much has been done to access bits that are clear from now on.
inline Level PageTable::take(std::size_t b, sim::Time now) {
  AccessBits& bits = bits_[b];
  Level level = seen(b, now);
  if (bits.before > 0) {
    level = level_of(static_cast<double>(bits.before) + accesses_of(level));
    bits.before = 0;
  }
  bits.scanned = now;
  return level;
}

void PageTable::scan(std::span<const Batch> batches, sim::Time now, std::span<Scanned> found) {
  SIM_CHECK(batches.size() <= kMostTogether && found.size() >= batches.size());
  if (levels_changed_) count_levels();
  std::array<TouchTable::Asked, kMostTogether> drawn;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const std::size_t b = index(batches[i]);
    found[i] = {.touched = 0, .after = now - bits_[b].scanned};
    drawn[i] = touched_.ask(take(b, now), stream_);
    if (bits_[b].eventful) found[i].touched = take_named(b);
  }
  for (std::size_t i = 0; i < batches.size(); ++i) found[i].touched += touched_.look(drawn[i]);
}

/// How many pages were accessed by name. No event is left.
int PageTable::take_named(std::size_t b) {
  bits_[b].eventful = false;
  return std::popcount(std::exchange(events_[b].accessed, 0));
}

double PageTable::sets_bit(Batch batch, sim::Time now) {
  if (levels_changed_) count_levels();
  const std::size_t b = index(batch);
  const AccessBits& bits = bits_[b];
  const double clear = std::exp(-static_cast<double>(bits.before) - accesses_of(seen(b, now)));
  return clear * tlb_.walks_if_clear(bits.level);
}

double PageTable::refills(Batch batch, sim::Time flushed, sim::Time now) {
  if (levels_changed_) count_levels();
  return tlb_.refills(accesses(batch), sim::to_seconds(now - flushed));
}

double PageTable::refills_within(sim::Duration span) {
  if (levels_changed_) count_levels();
  const Level shortest = level_of(1e-9);
  const Level level = std::max(level_of(sim::to_seconds(span)), shortest);
  const auto place = static_cast<std::size_t>(level - shortest);
  if (refills_.size() <= place) refills_.resize(place + 1, -1);
  double& known = refills_[place];
  if (known < 0) known = tlb_.refills_within(accesses_of(level));
  return known;
}

void PageTable::count_levels() {
  levels_changed_ = false;
  refills_.clear();
  Tlb::Pages all;
  for (std::size_t i = place(level_of(1e-12)); i < by_level_.size(); ++i)
    if (by_level_[i] > 0)
      all.emplace_back(static_cast<Level>(std::numeric_limits<Level>::min() + static_cast<int>(i)),
                       std::int64_t{by_level_[i]} * pages());
  tlb_.set_pages(std::move(all));
}

int PageTable::take_dirty(Batch batch, sim::Time now) {
  Writes& writes = writes_[index(batch)];
  const Level level = level_of(writes.by(now));
  writes.before = 0;
  writes.since = now;
  const int by_name = std::popcount(std::exchange(written_[index(batch)], 0));
  return by_name + touched_.draw(level, dirty_stream_);
}

}  // namespace tiering
