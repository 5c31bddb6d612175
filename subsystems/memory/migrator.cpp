// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/migrator.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "sim/uniform.h"

namespace tiering {

Migrator::Migrator(const Parts& parts)
    : params_(parts.params.migration),
      shootdown_(parts.params.shootdown()),
      batch_pages_(parts.params.batch_pages),
      room_(parts.params.fast_memory.count / parts.params.page.count),
      memory_(parts.memory),
      core_(parts.core),
      wanted_fast_(PageTable::index(parts.memory.batches()), 1),
      queued_(wanted_fast_.size(), 0),
      has_copy_(wanted_fast_.size(), 0) {
  for (Batch b = 0; b < memory_.batches(); ++b)
    wanted_fast_[PageTable::index(b)] = memory_.is_fast(b);
}

void Migrator::start() {
  core_.start([this] { run(); });
}

void Migrator::want(Batch batch, bool fast) {
  wanted_fast_[PageTable::index(batch)] = fast;
  if (memory_.is_fast(batch) != fast) queue(batch);
}

void Migrator::queue(Batch batch) {
  if (std::exchange(queued_[PageTable::index(batch)], std::uint8_t{1}) == 0) moves_.push(batch);
}

void Migrator::go_on() {
  if (!moves_.empty()) core_.unpark();
}

void Migrator::run() {
  for (;;) {
    while (moves_.empty()) core_.park();
    take();
    if (together_.empty()) continue;
    const sim::Time begin = core_.now();
    const std::int64_t pages = std::ssize(together_) * batch_pages_;
    const std::int64_t copied = to_copy();
    stats_.remapped += pages - copied;
    work(pages - copied, params_.remap);
    if (params_.kind == Migration::kTransactional)
      copy_mapped(copied);
    else
      copy_unmapped(copied);
    stats_.migrating += core_.now() - begin;
    finish();
  }
}

/// Those that one flush is for, without those for which the agent has changed its mind.
void Migrator::take() {
  const std::int64_t most = std::max(params_.together / batch_pages_, 1);
  together_.clear();
  std::int64_t promoted = 0;
  while (!moves_.empty() && std::ssize(together_) < most) {
    const Batch batch = moves_.pop();
    queued_[PageTable::index(batch)] = 0;
    const bool is_fast = memory_.is_fast(batch);
    if (is_fast == wants_fast(batch)) continue;
    if (!is_fast && !has_room(++promoted)) {
      stats_.refused += batch_pages_;
      wanted_fast_[PageTable::index(batch)] = 0;
      continue;
    }
    together_.push_back(batch);
  }
}

bool Migrator::has_room(std::int64_t promoted) const {
  return memory_.fast_pages() + promoted * batch_pages_ <= room_;
}

/// Clears all dirty bits, and counts the pages for which the slow tier has no valid copy.
std::int64_t Migrator::to_copy() {
  std::int64_t pages = 0;
  for (const Batch batch : together_) {
    const int dirty = memory_.table().take_dirty(batch, core_.now());
    pages += has_copy(batch) ? dirty : batch_pages_;
  }
  return pages;
}

void Migrator::copy_unmapped(std::int64_t pages) {
  unmap(pages);
  flush();
  stats_.copied += pages;
  work(pages, params_.page);
}

/// What is unmapped for copying from now on.
void Migrator::unmap(std::int64_t pages) {
  const std::int64_t all = std::ssize(together_) * batch_pages_;
  unmapped_share_ = static_cast<double>(pages) / static_cast<double>(all);
  unmapped_from_ = core_.now();
  half_ = core_.scaled(params_.page) / 2;
  const sim::Duration span = (pages + 1) * half_ + shootdown_;
  for (const Batch batch : together_) memory_.unmap(batch, unmapped_share_, span);
}

sim::Duration Migrator::unmapped_for(Batch batch, sim::Time now, sim::Draws& draws) const {
  const auto found = std::find(together_.begin(), together_.end(), batch);
  if (found == together_.end() || unmapped_share_ == 0) return sim::Duration{0};
  const double inside = sim::uniform(draws), chosen = sim::uniform(draws);
  if (chosen >= unmapped_share_) return sim::Duration{0};
  const double pages = unmapped_share_ * batch_pages_;
  const auto before =
      static_cast<std::int64_t>((static_cast<double>(found - together_.begin()) + inside) * pages);
  const auto all = static_cast<std::int64_t>(static_cast<double>(together_.size()) * pages + 0.5);
  const sim::Time from = unmapped_from_ + before * half_;
  const sim::Time until = unmapped_from_ + (all + before + 1) * half_ + shootdown_;
  return from <= now && now < until ? until - now : sim::Duration{0};
}

/// Each try ends with a flush: for the pages that have a new mapping from then on, and for the
/// others' dirty bits, which have been cleared again. What is still written after the last is
/// unmapped, with a flush of its own: a TLB that kept the translation would let it be written on.
void Migrator::copy_mapped(std::int64_t pages) {
  flush();
  for (int tries = 1;; ++tries) {
    stats_.copied += pages;
    work(pages, params_.page);
    flush();
    pages = take_dirty();
    if (pages == 0) return;
    stats_.copied_again += pages;
    if (tries == params_.tries) break;
  }
  stats_.unmapped_at_last += pages;
  copy_unmapped(pages);
}

std::int64_t Migrator::take_dirty() {
  std::int64_t pages = 0;
  for (const Batch batch : together_) pages += memory_.table().take_dirty(batch, core_.now());
  return pages;
}

void Migrator::work(std::int64_t pages, sim::Duration each) {
  if (pages > 0) core_.sleep_until(core_.now() + core_.scaled(pages * each));
}

void Migrator::flush() {
  ++stats_.flushes;
  memory_.flush();
  core_.sleep_until(core_.now() + shootdown_);
}

/// Those for which the agent has changed its mind meanwhile have to go back.
void Migrator::finish() {
  for (const Batch batch : together_) {
    const bool was_fast = memory_.is_fast(batch);
    (was_fast ? stats_.to_slow : stats_.to_fast) += batch_pages_;
    has_copy_[PageTable::index(batch)] = params_.keep_copies && !was_fast;
    memory_.move(batch);
    if (memory_.is_fast(batch) != wants_fast(batch)) queue(batch);
  }
  together_.clear();
  unmapped_share_ = 0;
}

void Migrator::check_invariants() const {
  const auto queued = std::count(queued_.begin(), queued_.end(), std::uint8_t{1});
  if (static_cast<std::size_t>(queued) != moves_.size())
    throw std::logic_error("batches wait to be moved more than once, or not at all");
  if (memory_.fast_pages() > room_) throw std::logic_error("the fast tier holds more than it can");
  for (Batch batch = 0; batch < memory_.batches(); ++batch)
    if (has_copy(batch) && !memory_.is_fast(batch))
      throw std::logic_error("batch " + std::to_string(batch) + " is a copy of itself");
  check_wishes();
}

void Migrator::check_wishes() const {
  for (Batch batch = 0; batch < memory_.batches(); ++batch) {
    if (memory_.is_fast(batch) == wants_fast(batch) || queued_[PageTable::index(batch)] != 0)
      continue;
    if (std::find(together_.begin(), together_.end(), batch) == together_.end())
      throw std::logic_error("batch " + std::to_string(batch) +
                             " is in the wrong tier, and nobody moves it");
  }
}

}  // namespace tiering
