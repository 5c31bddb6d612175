// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/daemon.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tiering {
Daemon::Daemon(const Parts& parts)
    : params_(parts.params),
      memory_(parts.memory),
      scanner_(parts.scanner),
      migrator_(parts.migrator),
      ship_(parts.ship),
      layout_{.batches = parts.memory.batches(),
              .stripe = static_cast<Batch>(parts.params.chunk_batches()),
              .parts = parts.params.threads},
      periods_(PageTable::index(layout_.batches), static_cast<Period>(params_.periods - 1)),
      due_(std::size_t{2} << params_.periods),
      shipments_(static_cast<std::size_t>(layout_.parts)) {
  deal_out();
}

void Daemon::start() {
  scanner_.start([this] { scan_loop(); });
  migrator_.start();
}

// Scanning

void Daemon::scan_loop() {
  const std::int64_t epoch = params_.epoch() / params_.shortest_period;
  take_answers();
  const sim::Time begin = scanner_.now();
  for (std::int64_t done = 0;;) {
    scanner_.sleep_until(begin + (done + 1) * params_.shortest_period);
    const std::int64_t tick = (scanner_.now() - begin) / params_.shortest_period;
    iterate(done + 1, tick, tick / epoch > done / epoch);
    done = tick;
  }
}

/// All that came due at the ticks `from` to `to`.
void Daemon::iterate(std::int64_t from, std::int64_t to, bool ends_epoch) {
  const sim::Time begin = scanner_.now();
  const DaemonStats before = stats_;
  if (ends_epoch)
    scan_all();
  else
    scan_due(from, to);
  for (int part = 0; part < layout_.parts; ++part) ship(part, true, ends_epoch);
  seen_ = memory_.accesses();
  const sim::Time shipped = scanner_.now();
  take_answers();

  const sim::Duration took = scanner_.now() - begin;
  ++stats_.iterations;
  stats_.iterating += took;
  if (!ends_epoch) return;
  const DaemonStats did = stats_ - before;
  ++stats_.epochs;
  stats_.ending_epochs += took;
  stats_.scanning_all += did.scanning;
  stats_.awaiting += scanner_.now() - shipped - did.applying;
}

void Daemon::scan_due(std::int64_t from, std::int64_t to) {
  for (int p = 0; p < params_.periods; ++p) {
    const auto period = static_cast<Period>(p);
    const std::int64_t first = std::max(from, to + 1 - (1 << p));  // no list twice
    for (std::int64_t tick = first; tick <= to; ++tick)
      for (const Batch batch : due_[list(period, tick)]) scan(batch);
  }
}

void Daemon::scan_all() {
  for (Batch batch = 0; batch < layout_.batches; ++batch) scan(batch);
}

void Daemon::scan(Batch batch) {
  PageTable& table = memory_.table();
  const sim::Time now = scanner_.now();
  const Period period = period_of(now - table.scanned(batch));
  const int touched = table.scan(batch, now);
  ++stats_.scans;
  stats_.touched += touched;
  unpaid_ += params_.batch_pages * params_.host.scan_entry;
  const int part = layout_.part(batch);
  std::vector<Scan>& scans = shipments_[static_cast<std::size_t>(part)].scans;
  scans.push_back({.batch = layout_.local(batch),
                   .accessed = static_cast<std::uint16_t>(touched),
                   .period = period});
  if (std::ssize(scans) == layout_.stripe) ship(part, false, false);
}

/// The one whose length is nearest to `span`: an iteration that is late has scanned more rarely.
Period Daemon::period_of(sim::Duration span) {
  if (span == span_) return span_period_;
  span_ = span;
  span_period_ = 0;
  // Between two periods the border is their geometric mean, 1.414 times the shorter.
  sim::Duration border = params_.shortest_period * 181 / 128;
  for (; span_period_ + 1 < params_.periods && span > border; border *= 2) ++span_period_;
  return span_period_;
}

void Daemon::ship(int part, bool last, bool ends_epoch) {
  const sim::Duration cost = scanner_.scaled(std::exchange(unpaid_, sim::Duration{0}));
  scanner_.spend(cost);
  stats_.scanning += cost;
  Shipment& filled = shipments_[static_cast<std::size_t>(part)];
  if (params_.host.flush_tlb && !filled.scans.empty()) {
    ++stats_.flushes;
    scanner_.sync();
    memory_.flush();
    scanner_.spend(params_.shootdown());
    stats_.scanning += params_.shootdown();
  }
  scanner_.sync();
  filled.ends_iteration = last;
  filled.ends_epoch = ends_epoch;
  if (last) {
    const AccessStats since = memory_.accesses() - seen_;
    filled.slow_share = 1 - since.hit_rate();
  }
  ship_(part, std::exchange(filled, Shipment{}));
}

// Answers

void Daemon::take_answers() {
  while (answers_ < layout_.parts) scanner_.park();
  answers_ = 0;
  apply();
  scanner_.sync();
}

void Daemon::answered(int part, const Answer& answer) {
  for (std::size_t i = 0; i < answer.periods.size(); ++i)
    periods_[PageTable::index(layout_.global(part, static_cast<Batch>(i)))] = answer.periods[i];
  new_periods_ = new_periods_ || !answer.periods.empty();
  for (const Batch batch : answer.to_fast) migrator_.want(layout_.global(part, batch), true);
  for (const Batch batch : answer.to_slow) migrator_.want(layout_.global(part, batch), false);
  to_apply_ += static_cast<std::int64_t>(answer.periods.size() + answer.to_fast.size() +
                                         answer.to_slow.size());
  ++answers_;
  scanner_.unpark();
}

void Daemon::apply() {
  const sim::Duration cost = scanner_.scaled(std::exchange(to_apply_, 0) * params_.host.apply);
  scanner_.spend(cost);
  stats_.applying += cost;
  if (std::exchange(new_periods_, false)) deal_out();
  migrator_.go_on();
}

/// Spreads the batches of each period over its ticks: neighbours together, and at each tick some of
/// every thread's.
void Daemon::deal_out() {
  for (std::vector<Batch>& batches : due_) batches.clear();
  const Batch round = layout_.stripe * layout_.parts;
  for (Batch batch = 0; batch < layout_.batches; ++batch)
    due_[list(periods_[PageTable::index(batch)], batch / round)].push_back(batch);
}

void Daemon::check_invariants() const {
  memory_.check_invariants();
  std::int64_t listed = 0;
  for (const std::vector<Batch>& batches : due_) listed += std::ssize(batches);
  if (!new_periods_ && listed != layout_.batches)
    throw std::logic_error(std::to_string(listed) + " batches are scanned, and there are " +
                           std::to_string(layout_.batches));
}

}  // namespace tiering
