// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/page_table.h"

#include <algorithm>

namespace tiering {

PageTable::PageTable(Batch batches, int pages, std::uint64_t seed)
    : touched_(pages),
      stream_(seed, "access bits"),
      dirty_stream_(seed, "dirty bits"),
      levels_(index(batches), level_of(0)),
      rates_(levels_.size()),
      scanned_(levels_.size()),
      before_(levels_.size()),
      since_(levels_.size()),
      writes_(levels_.size()) {}

void PageTable::set_accesses(Batch batch, Level per_second, double written, sim::Time now) {
  const std::size_t b = index(batch);
  const sim::Time begin = std::max(scanned_[b], since_[b]);
  before_[b] += static_cast<float>(accesses_of(levels_[b]) * sim::to_seconds(now - begin));
  since_[b] = now;
  levels_[b] = per_second;
  rates_[b] = accesses_of(per_second) * pages();
  writes_[b] = {.before = static_cast<float>(writes_[b].by(now)),
                .rate = static_cast<float>(accesses_of(per_second) * written),
                .since = now};
}

int PageTable::scan(Batch batch, sim::Time now) {
  const std::size_t b = index(batch);
  const sim::Duration span = now - std::max(scanned_[b], since_[b]);
  Level level = static_cast<Level>(levels_[b] + level_of_span(span));
  if (before_[b] > 0) {
    level = level_of(before_[b] + accesses_of(levels_[b]) * sim::to_seconds(span));
    before_[b] = 0;
  }
  scanned_[b] = now;
  return touched_.draw(level, stream_);
}

int PageTable::take_dirty(Batch batch, sim::Time now) {
  Writes& writes = writes_[index(batch)];
  const Level level = level_of(writes.by(now));
  writes.before = 0;
  writes.since = now;
  return touched_.draw(level, dirty_stream_);
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
