// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/page_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace tiering {

namespace {

std::size_t place(Level level) {
  return static_cast<std::size_t>(level - std::numeric_limits<Level>::min());
}

}  // namespace

PageTable::PageTable(Batch batches, int pages, std::uint64_t seed, const TlbSetup& tlb)
    : touched_(pages),
      stream_(seed, "access bits"),
      dirty_stream_(seed, "dirty bits"),
      levels_(index(batches), level_of(0)),
      rates_(levels_.size()),
      scanned_(levels_.size()),
      before_(levels_.size()),
      since_(levels_.size()),
      tlb_(tlb),
      by_level_(std::size_t{1} << 16),
      writes_(levels_.size()),
      accessed_(levels_.size()),
      written_(levels_.size()) {
  by_level_[place(level_of(0))] = batches;
}

void PageTable::set_accesses(Batch batch, Level per_second, double written, sim::Time now) {
  const std::size_t b = index(batch);
  const sim::Time begin = std::max(scanned_[b], since_[b]);
  before_[b] += static_cast<float>(accesses_of(tlb_.seen(levels_[b], level_of_span(now - begin))));
  since_[b] = now;
  --by_level_[place(levels_[b])];
  ++by_level_[place(per_second)];
  levels_changed_ = true;
  levels_[b] = per_second;
  rates_[b] = accesses_of(per_second) * pages();
  writes_[b] = {.before = static_cast<float>(writes_[b].by(now)),
                .rate = static_cast<float>(accesses_of(per_second) * written),
                .since = now};
}

int PageTable::scan(Batch batch, sim::Time now) {
  const std::size_t b = index(batch);
  const int by_name = std::popcount(std::exchange(accessed_[b], 0));
  const sim::Duration span = now - std::max(scanned_[b], since_[b]);
  Level level = seen(b, span);
  if (before_[b] > 0) {
    level = level_of(static_cast<double>(before_[b]) + accesses_of(level));
    before_[b] = 0;
  }
  scanned_[b] = now;
  return by_name + touched_.draw(level, stream_);
}

/// How much accesses in the span, at the present rate, do to access bits.
Level PageTable::seen(std::size_t batch, sim::Duration span) {
  if (levels_changed_) count_levels();
  return tlb_.seen(levels_[batch], level_of_span(span));
}

double PageTable::sets_bit(Batch batch, sim::Time now) {
  const std::size_t b = index(batch);
  const Level since = seen(b, now - std::max(scanned_[b], since_[b]));
  const double clear = std::exp(-static_cast<double>(before_[b]) - accesses_of(since));
  return clear * tlb_.walks_if_clear(levels_[b]);
}

double PageTable::refills(Batch batch, sim::Time flushed, sim::Time now) {
  if (levels_changed_) count_levels();
  return tlb_.refills(levels_[index(batch)], sim::to_seconds(now - flushed));
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

/// Neighbours were mostly scanned together.
Level PageTable::level_of_span(sim::Duration span) {
  if (span != span_) {
    span_ = span;
    span_level_ = level_of(sim::to_seconds(span));
  }
  return span_level_;
}

}  // namespace tiering
