// SPDX-License-Identifier: Apache-2.0
#include "native/memory/memory_host.h"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace native {

using namespace std::chrono_literals;
using tiering::Batch;
using tiering::Period;

namespace {

// As the simulated host's: entries for 64 KiB of a bulk transfer, unless a thread has fewer.
constexpr std::int64_t kChunkEntries = 8192;

std::size_t index(Batch batch) {
  return static_cast<std::size_t>(batch);
}

tiering::Layout layout_of(const Region& region, std::size_t parts) {
  const std::int64_t filled = kChunkEntries / region.pages();
  const std::int64_t fair = region.batches() / static_cast<std::int64_t>(parts);
  return {.batches = region.batches(),
          .stripe = static_cast<Batch>(std::max<std::int64_t>(std::min(filled, fair), 1)),
          .parts = static_cast<int>(parts)};
}

}  // namespace

MemoryHost::MemoryHost(Parts parts)
    : parts_(std::move(parts)),
      layout_(layout_of(parts_.region, parts_.channels.size())),
      periods_(index(layout_.batches), static_cast<Period>(parts_.times.periods - 1)),
      scanned_at_(periods_.size()),
      scans_(parts_.channels.size()),
      due_(periods_.size()) {}

sim::Duration MemoryHost::run(sim::Duration length, const std::atomic<bool>& interrupted) {
  take_answers();  // how often to scan, before the first
  for (Batch b = 0; b < layout_.batches; ++b) parts_.region.clear_access_bits(b);
  begin_ = WallClock::now();
  std::int64_t done = 0;
  const std::int64_t epoch = parts_.times.ticks();
  while (now() < length && !interrupted) {
    const sim::Duration next = (done + 1) * parts_.times.shortest;
    std::this_thread::sleep_for(
        std::chrono::ceil<std::chrono::nanoseconds>(std::max(next - now(), sim::Duration{0})));
    const std::int64_t tick = std::max(now() / parts_.times.shortest, done + 1);
    iterate(done + 1, tick, tick / epoch > done / epoch);
    done = tick;
  }
  for (const auto& channel : parts_.channels)
    channel->to_agent().send(wave::Slot{std::uint64_t{TieringChannel::kLeave} << 32});
  return now();
}

void MemoryHost::iterate(std::int64_t from, std::int64_t to, bool ends_epoch) {
  const sim::Duration begin = now();
  ++iteration_;
  if (ends_epoch) ++epoch_;
  const tiering::DaemonStats before = stats_;
  scan(from, to, ends_epoch);
  const sim::Duration shipped = now();
  stats_.scanning += shipped - begin;
  take_answers();

  ++stats_.iterations;
  stats_.iterating += now() - begin;
  if (!ends_epoch) return;
  const tiering::DaemonStats did = stats_ - before;
  ++stats_.epochs;
  stats_.ending_epochs += now() - begin;
  stats_.scanning_all += did.scanning;
  stats_.awaiting += now() - shipped - did.applying;
  parts_.epoch_over(now());
}

/// The batches of a period are spread over its ticks: neighbours together, and some of each part's.
bool MemoryHost::is_due(Batch batch, std::int64_t from, std::int64_t to) const {
  const std::int64_t length = std::int64_t{1} << periods_[index(batch)];
  const std::int64_t turn = batch / (layout_.stripe * layout_.parts) % length;
  return to - (to - turn + length) % length >= from;
}

void MemoryHost::scan(std::int64_t from, std::int64_t to, bool all) {
  for (Batch b = 0; b < layout_.batches; ++b) due_[index(b)] = all || is_due(b, from, to) ? 1 : 0;
  parts_.bits.scan(due_, [this](Batch batch, int accessed) { take(batch, accessed); });
  const double slow_share = parts_.slow_share();
  for (int part = 0; part < layout_.parts; ++part)
    ship(part, {.ends_iteration = 1, .slow_share = slow_share});
}

void MemoryHost::take(Batch batch, int accessed) {
  ++stats_.scans;
  stats_.touched += accessed;
  const sim::Duration at = now();
  const sim::Duration span = at - std::exchange(scanned_at_[index(batch)], at);
  const int part = layout_.part(batch);
  std::vector<tiering::Scan>& scans = scans_[static_cast<std::size_t>(part)];
  scans.push_back(
      {.batch = layout_.local(batch),
       .accessed = static_cast<std::uint16_t>(accessed),
       .period = tiering::nearest_period(span, parts_.times.shortest, parts_.times.periods)});
  if (std::ssize(scans) == layout_.stripe) ship(part, {});
}

void MemoryHost::ship(int part, ShipmentEnd end) {
  TieringChannel::Way& agent = parts_.channels[static_cast<std::size_t>(part)]->to_agent();
  std::vector<tiering::Scan>& scans = scans_[static_cast<std::size_t>(part)];
  agent.send_all(TieringChannel::kScans, std::span<const tiering::Scan>(scans));
  scans.clear();
  end.iteration = iteration_;
  end.epoch = epoch_;
  agent.send_all(TieringChannel::kShipment, std::span<const ShipmentEnd>(&end, 1));
}

void MemoryHost::take_answers() {
  for (int part = 0; part < layout_.parts; ++part) take_answer(part);
}

/// All of it, up to what says which iteration it is about.
void MemoryHost::take_answer(int part) {
  TieringChannel::Way& agent = parts_.channels[static_cast<std::size_t>(part)]->to_host();
  answer_ = {};
  const auto until = WallClock::now() + TieringChannel::kPatience;
  for (int kind = 0; kind != TieringChannel::kAnswer;) {
    const auto slot = agent.receive(10ms);
    if (!slot) {
      parts_.check_agent();
      if (WallClock::now() > until) throw std::runtime_error("the agent does not answer");
      continue;
    }
    kind = kind_of(*slot);
    if (kind == TieringChannel::kPeriods) append_items(*slot, answer_.periods);
    if (kind == TieringChannel::kToFast) append_items(*slot, answer_.to_fast);
    if (kind == TieringChannel::kToSlow) append_items(*slot, answer_.to_slow);
  }
  const sim::Duration begin = now();
  take_periods(part);
  take_moves(part, answer_.to_fast, true);
  take_moves(part, answer_.to_slow, false);
  stats_.applying += now() - begin;
}

void MemoryHost::take_periods(int part) {
  if (answer_.periods.empty()) return;
  const bool complete = std::ssize(answer_.periods) == layout_.batches_of(part);
  for (std::size_t i = 0; i < answer_.periods.size(); ++i) {
    if (complete && answer_.periods[i] < parts_.times.periods)
      periods_[index(layout_.global(part, static_cast<Batch>(i)))] = answer_.periods[i];
    else
      ++stats_.refused_periods;
  }
}

void MemoryHost::take_moves(int part, std::span<const Batch> batches, bool fast) {
  Region& region = parts_.region;
  for (const Batch local : batches) {
    const bool exists = 0 <= local && local < layout_.batches_of(part);
    const Batch batch = exists ? layout_.global(part, local) : 0;
    if (!exists || region.is_fast(batch) == fast) {
      ++stats_.refused_moves;
      continue;
    }
    const sim::Duration begin = now();
    region.move(batch, fast);
    scanned_at_[index(batch)] = now();
    migrator_.migrating += scanned_at_[index(batch)] - begin;
    (fast ? migrator_.to_fast : migrator_.to_slow) += region.pages();
    migrator_.copied += region.pages();
  }
}

std::vector<std::int64_t> MemoryHost::batches_by_period() const {
  std::vector<std::int64_t> batches(static_cast<std::size_t>(parts_.times.periods));
  for (const Period period : periods_) ++batches[period];
  return batches;
}

}  // namespace native
