// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace tiering {

/// Neighbouring pages that are scanned, learned about and moved as one; counted within the part of
/// memory that one agent thread looks after.
using Batch = std::int32_t;

using Seconds = std::chrono::duration<double>;

/// How often a batch is scanned: 0 is the shortest period, each other one twice the one before.
using Period = std::uint8_t;

/// What a policy is told about the memory that it looks after.
struct Part {
  Batch batches = 0;
  int pages = 64;  // of each batch
  Seconds shortest{0.3};
  int periods = 6;
  std::uint64_t seed = 1;  // differs from part to part and from run to run

  Seconds length(Period period) const { return shortest * static_cast<double>(1u << period); }
};

/// What a scan found: how many of the batch's pages had been accessed since the scan before.
struct Scan {
  Batch batch = 0;
  std::uint16_t accessed = 0;
  Period period = 0;  // that had passed since then
};

/// What a policy has computed, counted where it happens. What one of each takes depends on the core
/// and is none of the policy's business.
struct Work {
  std::int64_t scans = 0;        // results taken in
  std::int64_t samples = 0;      // drawn from a distribution
  std::int64_t comparisons = 0;  // of sorting and choosing
  std::int64_t visits = 0;       // of a batch's record, to decide about it

  Work& operator+=(const Work& w) {
    scans += w.scans;
    samples += w.samples;
    comparisons += w.comparisons;
    visits += w.visits;
    return *this;
  }
};

/// Decides how often the batches of a part are scanned, and how hot they are. Knows nothing of
/// cores, links, tiers or other parts: which batches the fast tier holds is chosen over all parts,
/// by hotness (hot_set.h).
class Policy {
 public:
  virtual ~Policy() = default;

  /// Takes in what scans found. Each batch is in it at most once.
  virtual void observe(std::span<const Scan> scans, Work& work) = 0;

  /// An epoch has ended: how often each batch, in order, is to be scanned in the next one.
  virtual void choose_periods(std::span<Period> next, Work& work) = 0;

  /// Accesses per second of each batch, in order, as far as the scans of this epoch tell. Asked for
  /// when an epoch ends, before `choose_periods`, and when it has asked to promote.
  virtual void estimate(std::span<float> rates, Work& work) = 0;

  /// Whether the estimates of the epoch that has ended are to be relied upon; known once
  /// `choose_periods` has been asked. If not, whoever asks keeps in the fast tier all that has been
  /// accessed at all.
  virtual bool trusted() const { return true; }

  /// Told in mid-epoch, as often as whoever measures it likes: the share of accesses that the slow
  /// tier has served since it was told last. Whether the hottest batches there are to be promoted
  /// at once, by `estimate`, instead of at the end of the epoch.
  virtual bool must_promote(double /*remote_share*/) { return false; }
};

}  // namespace tiering
