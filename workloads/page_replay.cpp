// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_replay.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "sim/check.h"

namespace workloads {

PageReplay::PageReplay(const PageCapture& capture, sim::Duration interval, sim::Simulation& sim,
                       tiering::TieredMemory& memory)
    : batches_(capture.batches), interval_(interval), sim_(sim), memory_(memory) {
  SIM_CHECK(memory.table().pages() == kPagesOfBatch && interval_ >= sim::Duration{tiles()});
  const std::vector<IntervalAccesses>& all = capture.intervals;
  first_ = between({}, all.front());
  for (std::size_t i = 0; i < all.size(); ++i)
    before_.push_back(between(all[(i + all.size() - 1) % all.size()], all[i]));
  const std::size_t row = all.size() + 1;
  visits_.resize(row * static_cast<std::size_t>(batches_));
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const BatchAccesses& batch : all[i])
      visits_[static_cast<std::size_t>(batch.batch) * row + i + 1] = batch.visits;
  const auto intervals = static_cast<std::ptrdiff_t>(row);
  for (auto begin = visits_.begin(); begin != visits_.end(); begin += intervals)
    std::partial_sum(begin, begin + intervals, begin);
}

/// Both are in order of batches.
PageReplay::Changes PageReplay::between(const IntervalAccesses& before,
                                        const IntervalAccesses& after) const {
  const auto per_second = [this](std::int64_t visits) {
    return static_cast<double>(visits) / sim::to_seconds(interval_);
  };
  Changes changes;
  auto old = before.begin();
  const auto end_until = [&](int batch) {
    for (; old != before.end() && old->batch < batch; ++old)
      changes.push_back({old->batch, 0, old->pages, old->written});
  };
  for (const BatchAccesses& now : after) {
    end_until(now.batch);
    const bool again = old != before.end() && old->batch == now.batch;
    const BatchAccesses over = again ? *old++ : BatchAccesses{};
    changes.push_back({now.batch, per_second(now.visits), over.pages, over.written});
  }
  end_until(batches_);
  return changes;
}

void PageReplay::start() {
  started_ = sim_.now();
  for (Batch tile = 0; tile < tiles(); ++tile)
    sim_.after(interval_ * tile / tiles(), [this, tile] {
      apply(tile, first_);
      sim_.after(interval_, [this, tile] { enter(tile, 1 % before_.size()); });
    });
}

void PageReplay::enter(Batch tile, std::size_t interval) {
  apply(tile, before_[interval]);
  sim_.after(interval_, [this, tile, interval] { enter(tile, (interval + 1) % before_.size()); });
}

void PageReplay::apply(Batch tile, const Changes& changes) {
  const Batch first = tile * batches_;
  for (const Change& change : changes) {
    const Batch batch = first + change.batch;
    if (batch >= memory_.batches()) return;  // of a last tile that is cut off
    memory_.visit(batch, change.accessed, change.written, change.rate);
  }
}

double PageReplay::coming_rate(Batch batch, sim::Duration ahead) const {
  const auto intervals = static_cast<std::int64_t>(before_.size());
  const std::int64_t* const row =
      &visits_[static_cast<std::size_t>(batch % batches_) * (before_.size() + 1)];
  const auto up_to = [&](std::int64_t i) {
    return i / intervals * row[intervals] + row[i % intervals];
  };
  const std::int64_t from = (sim_.now() - started_) / interval_;
  const std::int64_t to = from + std::max<std::int64_t>(ahead / interval_, 1);
  return static_cast<double>(up_to(to) - up_to(from)) / sim::to_seconds(interval_ * (to - from));
}

}  // namespace workloads
