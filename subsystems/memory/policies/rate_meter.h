// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// Accesses per second of each batch: what the scans of an epoch told, over the time that they
/// covered. A scan counts for as long as it covers, whatever the others cover, so that a period
/// that changes in mid-epoch does no harm. A batch without a scan keeps the rate that it had.
class RateMeter {
 public:
  explicit RateMeter(const Part& part);

  /// Takes in a scan that is possible.
  void add(const Scan& scan) {
    Sum& sum = sums_[static_cast<std::size_t>(scan.batch)];
    sum.accesses += accesses_[scan.accessed];
    sum.seconds += lengths_[scan.period];
  }
  /// Fetches what a scan of the batch, soon, will add to.
  void prefetch(Batch batch) const {
    __builtin_prefetch(&sums_[static_cast<std::size_t>(batch)], 1);
  }
  void estimate(std::span<float> rates);
  /// Begins an epoch.
  void clear();

 private:
  struct Sum {
    float accesses = 0;
    float seconds = 0;
    float rate = 0;  // when last known
  };

  std::vector<float> accesses_;  // told by so many accessed pages
  std::vector<float> lengths_;   // of the periods, in seconds
  std::vector<Sum> sums_;
};

}  // namespace tiering
