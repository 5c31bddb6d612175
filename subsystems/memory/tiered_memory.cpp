// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/tiered_memory.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace tiering {

TieredMemory::TieredMemory(sim::Simulation& sim, Batch batches, int pages, std::uint64_t seed,
                           const TlbSetup& tlb)
    : sim_(sim),
      cores_(tlb.cores),
      table_(batches, pages, seed, tlb),
      fast_(PageTable::index(batches), 1),
      fast_batches_(batches) {}

void TieredMemory::set_accesses(Batch batch, Level per_second, double written) {
  count();
  double& rate = rate_of(is_fast(batch));
  rate -= table_.rate(batch);
  table_.set_accesses(batch, per_second, written, sim_.now());
  rate += table_.rate(batch);
}

void TieredMemory::touch_all(Batch batch) {
  table_.touch_all(batch);
  (is_fast(batch) ? accesses_.fast : accesses_.slow) += table_.pages();
}

void TieredMemory::flush() {
  if (const auto last = flushed())
    accesses_.refills += cores_ * table_.refills_within(sim_.now() - *last) - refills_to_come_;
  refills_to_come_ = cores_ * table_.refills_within(sim::Duration::max());
  accesses_.refills += refills_to_come_;
  flushed_.push_back(sim_.now());
  while (flushed_.size() > 1 && flushed_.front() < sim_.now() - remembered_) flushed_.pop_front();
  ++accesses_.flushes;
}

std::optional<sim::Time> TieredMemory::flushed() const {
  return flushed_.empty() ? std::nullopt : std::optional(flushed_.back());
}

int TieredMemory::flushes_since(sim::Time when) const {
  return static_cast<int>(flushed_.end() - std::ranges::lower_bound(flushed_, when));
}

/// Accesses come evenly, and wait for half of it on average.
void TieredMemory::unmap(Batch batch, double share, sim::Duration span) {
  const double seconds = sim::to_seconds(span);
  const double accesses = table_.rate(batch) * share * seconds;
  accesses_.waits += accesses;
  accesses_.waited += accesses * seconds / 2;
}

void TieredMemory::visit(Batch batch, std::uint64_t pages, std::uint64_t written,
                         double per_second) {
  count();
  table_.access(batch, pages, written);
  rate_of(is_fast(batch)) += per_second - table_.rate(batch);
  table_.set_rate(batch, per_second);
}

void TieredMemory::move(Batch batch) {
  count();
  const bool was_fast = is_fast(batch);
  rate_of(was_fast) -= table_.rate(batch);
  rate_of(!was_fast) += table_.rate(batch);
  fast_[PageTable::index(batch)] = !was_fast;
  fast_batches_ += was_fast ? -1 : 1;
}

double TieredMemory::slow_share() const {
  const double all = fast_rate_ + slow_rate_;
  return all > 0 ? std::max(slow_rate_, 0.0) / all : 0;
}

AccessStats TieredMemory::accesses() {
  count();
  return accesses_;
}

void TieredMemory::count() {
  const double span = sim::to_seconds(sim_.now() - std::exchange(counted_, sim_.now()));
  accesses_.fast += fast_rate_ * span;
  accesses_.slow += slow_rate_ * span;
}

void TieredMemory::check_invariants() const {
  const auto fast = std::count(fast_.begin(), fast_.end(), std::uint8_t{1});
  if (fast != fast_batches_)
    throw std::logic_error(std::to_string(fast) + " batches are in the fast tier, and " +
                           std::to_string(fast_batches_) + " were counted");
  double rates[2] = {0, 0};
  for (Batch b = 0; b < batches(); ++b) rates[is_fast(b) ? 1 : 0] += table_.rate(b);
  // Sums of which much was taken off again: where nobody accesses anything they may be left over.
  const double rounding = 1e-9 * (rates[0] + rates[1] + 1);
  if (std::abs(rates[0] - slow_rate_) > rounding || std::abs(rates[1] - fast_rate_) > rounding)
    throw std::logic_error("the tiers' accesses do not add up to those of their batches");
}

}  // namespace tiering
