// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "subsystems/memory/policies/policy.h"
#include "subsystems/memory/policies/split_mix.h"

namespace tiering {

/// Numbers in [0, 1) for tests.
class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : state_(seed) {}
  double operator()() { return static_cast<double>(split_mix(state_) >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

/// Memory that is accessed at known rates: independently, and evenly within a batch.
struct Memory {
  Part part;
  std::vector<double> rates;  // accesses per second, by batch
  Uniform uniform{7};

  Memory(const Part& of, double rate)
      : part(of), rates(static_cast<std::size_t>(of.batches), rate) {}

  /// What a scan finds after so long.
  Scan scan(Batch batch, Period period) {
    const double rate = rates[static_cast<std::size_t>(batch)] / part.pages;
    const double chance = 1 - std::exp(-rate * part.length(period).count());
    Scan found{.batch = batch, .period = period};
    for (int page = 0; page < part.pages && chance > 0; ++page)
      if (uniform() < chance) ++found.accessed;
    return found;
  }
};

/// Whoever scans memory for a policy, through epochs of four of the longest periods.
struct Scanner {
  Memory& memory;
  Policy& policy;
  std::vector<Period> periods = std::vector<Period>(memory.rates.size());
  std::vector<float> rates = std::vector<float>(memory.rates.size());
  Work work;

  Scanner(Memory& of, Policy& by) : memory(of), policy(by) { policy.choose_periods(periods, work); }

  void run_epoch() {
    scan_epoch();
    policy.estimate(rates, work);
    policy.choose_periods(periods, work);
  }
  void scan_epoch() {
    std::vector<Scan> scans;
    for (int step = 1; step <= 4 << (memory.part.periods - 1); ++step) {
      scans.clear();
      for (Batch batch = 0; batch < memory.part.batches; ++batch) {
        const Period period = periods[static_cast<std::size_t>(batch)];
        if (step % (1 << period) == 0) scans.push_back(memory.scan(batch, period));
      }
      policy.observe(scans, work);
    }
  }
  /// Batches that are scanned at a period, of all.
  double share_at(Period period) const {
    double count = 0;
    for (const Period p : periods) count += p == period;
    return count / static_cast<double>(periods.size());
  }
};

}  // namespace tiering
