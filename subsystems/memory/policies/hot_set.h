// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "subsystems/memory/policies/policy.h"

/// Which batches the fast tier holds: as few as serve enough of the accesses. Each part ranks its
/// own batches, which its thread does alone; one thread chooses over all parts; each part marks its
/// members, alone again.
namespace tiering {

struct HotSetParams {
  /// Of all accesses, the share that the set has to serve; 0 .. 1. SOL: 0.8 (recalled).
  double objective = 0.8;
  /// What the estimated accesses that the set serves must have above that, of all: those that are
  /// chosen for a high estimate are more often over- than underestimated; 0 and up. Assumed: with
  /// rates known to a tenth, a fifth of a percent was lost under Zipf's law.
  double reserve = 0.01;
  /// By how much a batch of the slow tier must be hotter than one of the fast tier to come before
  /// it, so that two that are equally hot, as far as estimates tell, do not change places forever;
  /// 0 and up. With more than 0 the set is not quite the smallest. Assumed.
  double margin = 0.25;
};

/// Whether the fast tier holds a batch; a byte each, for threads to write side by side.
using InFastTier = std::uint8_t;

/// A part's batches that have been accessed at all, hottest first.
struct Ranking {
  struct Entry {
    float key;   // the rate, raised by the margin if in the fast tier already
    float rate;  // accesses per second
    Batch batch;
  };
  std::vector<Entry> entries;
  double accesses = 0;  // per second, of all of them
};

/// Of equally hot batches the one with the lower number comes first.
Ranking rank(std::span<const float> rates, std::span<const InFastTier> now,
             const HotSetParams& params, Work& work);

/// How many of each ranking's entries are in the smallest set of the hottest that serves the
/// objective and its reserve: the rankings are merged until both are met. Of equally hot batches in
/// two parts, the one of the earlier part comes first.
std::vector<std::size_t> choose_hottest(std::span<const Ranking> parts, const HotSetParams& params,
                                        Work& work);

/// The tier of each batch of a part, of whose ranking the first `members` are in the set.
void mark(const Ranking& ranking, std::size_t members, std::span<InFastTier> next, Work& work);

}  // namespace tiering
