// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/daemon.h"

#include <algorithm>
#include <array>
#include <numeric>
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
      shipments_(static_cast<std::size_t>(layout_.parts)),
      states_(shipments_.size()) {
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
void Daemon::iterate(std::int64_t from, std::int64_t to, bool epoch_is_over) {
  const sim::Time begin = scanner_.now();
  const bool ends_epoch = begin_iteration(epoch_is_over);
  const DaemonStats before = stats_;
  if (ends_epoch)
    scan_all();
  else
    scan_due(from, to);
  for (int part = 0; part < layout_.parts; ++part) ship(part, true);
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

/// Who has answered the last one is present. Without all of them no epoch ends.
bool Daemon::begin_iteration(bool ends_epoch) {
  bool all = true;
  for (PartState& state : states_) {
    state.present = state.answered == iteration_;
    all = all && state.present;
  }
  ++iteration_;
  if (ends_epoch && !all) ++stats_.epochs_put_off;
  if (ends_epoch && all) ++epoch_;
  return ends_epoch && all;
}

void Daemon::scan_due(std::int64_t from, std::int64_t to) {
  for (int p = 0; p < params_.periods; ++p) {
    const auto period = static_cast<Period>(p);
    const std::int64_t first = std::max(from, to + 1 - (1 << p));  // no list twice
    for (std::int64_t tick = first; tick <= to; ++tick) scan(due_[list(period, tick)]);
  }
}

void Daemon::scan_all() {
  if (all_.empty()) {
    all_.resize(PageTable::index(layout_.batches));
    std::iota(all_.begin(), all_.end(), Batch{0});
  }
  scan(all_);
}

void Daemon::scan(std::span<const Batch> batches) {
  while (!batches.empty()) batches = batches.subspan(scan_group(batches));
}

/// Scans the first few of these: neighbours of one stripe, at one instant. So no shipment is full
/// before the last of them.
std::size_t Daemon::scan_group(std::span<const Batch> batches) {
  constexpr std::size_t kAhead = 24;
  find_stripe(batches.front());
  const std::vector<Scan>& scans = shipments_[static_cast<std::size_t>(stripe_.part)].scans;
  const std::size_t room = static_cast<std::size_t>(layout_.stripe) - scans.size();
  const std::size_t most = std::min({PageTable::kMostTogether, room, batches.size()});
  std::size_t count = 0;
  for (; count < most && batches[count] - stripe_.begin < layout_.stripe; ++count)
    if (count + kAhead < batches.size()) memory_.table().prefetch(batches[count + kAhead]);
  std::array<PageTable::Scanned, PageTable::kMostTogether> found;
  memory_.table().scan(batches.first(count), scanner_.now(), found);
  take(batches.first(count), found);
  return count;
}

void Daemon::find_stripe(Batch batch) {
  if (stripe_.begin <= batch && batch < stripe_.begin + layout_.stripe) return;
  stripe_.begin = batch / layout_.stripe * layout_.stripe;
  stripe_.local = layout_.local(stripe_.begin);
  stripe_.part = layout_.part(stripe_.begin);
}

/// What scans of batches of this stripe found.
void Daemon::take(std::span<const Batch> batches, std::span<const PageTable::Scanned> found) {
  const auto count = std::ssize(batches);
  stats_.scans += count;
  unpaid_ += count * params_.batch_pages * params_.host.scan_entry;
  for (std::size_t i = 0; i < batches.size(); ++i) stats_.touched += found[i].touched;
  if (!is_present(stripe_.part)) {
    stats_.unheard += count;
    return;
  }
  std::vector<Scan>& scans = shipments_[static_cast<std::size_t>(stripe_.part)].scans;
  if (scans.empty()) scans.reserve(static_cast<std::size_t>(layout_.stripe));
  for (std::size_t i = 0; i < batches.size(); ++i)
    scans.push_back({.batch = stripe_.local + (batches[i] - stripe_.begin),
                     .accessed = static_cast<std::uint16_t>(found[i].touched),
                     .period = period_of(found[i].after)});
  if (std::ssize(scans) == layout_.stripe) ship(stripe_.part, false);
}

/// Neighbours were mostly scanned together.
Period Daemon::period_of(sim::Duration span) {
  if (span == span_) return span_period_;
  span_ = span;
  return span_period_ = nearest_period(span, params_.shortest_period, params_.periods);
}

void Daemon::ship(int part, bool last) {
  scanner_.does("scan", part);
  const sim::Duration cost = scanner_.scaled(std::exchange(unpaid_, sim::Duration{0}));
  scanner_.spend(cost);
  stats_.scanning += cost;
  Shipment& filled = shipments_[static_cast<std::size_t>(part)];
  if (params_.host.flush_tlb && !filled.scans.empty()) {
    ++stats_.flushes;
    scanner_.does("flush TLBs", part);
    scanner_.sync();
    memory_.flush();
    scanner_.spend(params_.shootdown());
    stats_.scanning += params_.shootdown();
  }
  scanner_.sync();
  filled.ends_iteration = last;
  filled.iteration = iteration_;
  filled.epoch = epoch_;
  PartState& state = states_[static_cast<std::size_t>(part)];
  filled.restate = !state.present || (last && std::exchange(state.restate, false));
  if (last) {
    const AccessStats since = memory_.accesses() - seen_;
    filled.slow_share = 1 - since.hit_rate();
  }
  ship_(part, std::exchange(filled, Shipment{}));
}

// Answers

void Daemon::take_answers() {
  scanner_.does("wait for answers");
  const sim::Time patience = scanner_.now() + params_.host.patience;
  while (awaits_answers() && scanner_.now() < patience) scanner_.park_until(patience);
  for (int part = 0; part < layout_.parts; ++part)
    if (is_present(part) && states_[static_cast<std::size_t>(part)].answered < iteration_)
      lose(part);
  apply();
  scanner_.sync();
}

bool Daemon::awaits_answers() const {
  return std::any_of(states_.begin(), states_.end(), [this](const PartState& state) {
    return state.present && state.answered < iteration_;
  });
}

/// Nobody will read what is scanned: rarely is often enough.
void Daemon::lose(int part) {
  states_[static_cast<std::size_t>(part)].present = false;
  ++stats_.absences;
  const auto longest = static_cast<Period>(params_.periods - 1);
  for (Batch batch = 0; batch < layout_.batches_of(part); ++batch)
    periods_[PageTable::index(layout_.global(part, batch))] = longest;
  new_periods_ = true;
}

/// It may be an old one: what it decides is applied all the same, since the agent relies upon it.
void Daemon::answered(int part, int iteration, const Answer& answer) {
  PartState& state = states_[static_cast<std::size_t>(part)];
  const bool periods = take_periods(part, answer.periods);
  const bool whole =
      std::ssize(answer.to_fast) + std::ssize(answer.to_slow) == layout_.batches_of(part);
  const bool to_fast = take_moves(part, answer.to_fast, true, whole);
  const bool to_slow = take_moves(part, answer.to_slow, false, whole);
  state.restate = state.restate || !periods || !to_fast || !to_slow;
  to_apply_ += static_cast<std::int64_t>(answer.periods.size() + answer.to_fast.size() +
                                         answer.to_slow.size());
  state.answered = std::max(state.answered, iteration);
  scanner_.unpark();
}

/// Whether all of them can be.
bool Daemon::take_periods(int part, std::span<const Period> periods) {
  if (periods.empty()) return true;
  const bool complete = std::ssize(periods) == layout_.batches_of(part);
  std::int64_t refused = complete ? 0 : std::ssize(periods);
  for (std::size_t i = 0; complete && i < periods.size(); ++i) {
    if (periods[i] < params_.periods)
      periods_[PageTable::index(layout_.global(part, static_cast<Batch>(i)))] = periods[i];
    else
      ++refused;
  }
  new_periods_ = true;
  stats_.refused_periods += refused;
  return refused == 0;
}

/// Who moves a batch to where it has sent it before, but does not repeat all that it has said, has
/// been misunderstood.
bool Daemon::take_moves(int part, std::span<const Batch> batches, bool fast, bool repeated) {
  std::int64_t refused = 0;
  for (const Batch local : batches) {
    const bool exists = 0 <= local && local < layout_.batches_of(part);
    const Batch batch = exists ? layout_.global(part, local) : 0;
    if (exists && (repeated || migrator_.wants_fast(batch) != fast))
      migrator_.want(batch, fast);
    else
      ++refused;
  }
  stats_.refused_moves += refused;
  return refused == 0;
}

void Daemon::apply() {
  scanner_.does("apply");
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
