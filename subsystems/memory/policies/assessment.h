// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "subsystems/memory/policies/policy.h"
#include "subsystems/memory/policies/sol_params.h"

namespace tiering {

/// What scans at one period have found in a batch: their number, and the sums of the accessed
/// pages and of their squares.
struct Counts {
  std::int64_t scans = 0;
  std::int64_t accessed = 0;
  std::int64_t squares = 0;

  void add(std::int64_t pages) {
    ++scans;
    accessed += pages;
    squares += pages * pages;
  }
};

/// The share of pages that `scans` periods in a row would leave untouched between them, by what
/// scans after each of them found, of which there are two at least.
///
/// Which pages were accessed is not known, only how many. But the counts tell how unlike the pages
/// are: between scans they vary as a binomial number does if all pages have the same chance to be
/// accessed, and less by the variance of the pages' chances. Mean and variance give the chances a
/// beta distribution, and that has a closed form for the share that is missed every time.
/// Assumes that what is accessed in one period says nothing about the next.
double untouched_after(const Counts& counts, int pages, int scans);

/// Assesses a model by a sample of batches that are scanned at the shortest period, whatever the
/// model has chosen for them: would it have scanned them often enough? The sample is another one in
/// each epoch, so that it has learned from slow scans what the other batches have.
///
/// A batch is missed if even half the period chosen for it would have found it saturated; one step
/// is what learning may be wrong by. It weighs as much as it is accessed. The assessment fails if
/// the share of what is missed is more than the tolerated one by some standard errors, in a sample
/// that counts for as many batches as share the accesses: (sum of weights)^2 / sum of squared
/// weights.
class Assessment {
 public:
  Assessment(const Part& part, const SolParams& params);

  /// Takes in a scan that is possible.
  void observe(const Scan& scan) {
    if (scan.period != 0 || scan.batch % every_ != first_) return;
    members_[static_cast<std::size_t>(scan.batch / every_)].counts.add(scan.accessed);
  }
  /// Whether what was chosen for the sample was good enough, by the scans since.
  bool passes(Work& work) const;
  /// Takes another sample, of batches for which `chosen` has been chosen, and has it scanned at the
  /// shortest period.
  void take_sample(std::span<Period> chosen);

 private:
  struct Member {
    Batch batch;
    Period chosen;
    Counts counts = {};
  };

  bool is_missed(const Member& member) const;

  const Part part_;
  const SolParams params_;
  std::uint64_t random_;
  std::vector<Member> members_;
  // The sample: one batch of so many, from the first one on; none in the beginning.
  Batch every_ = 1;
  Batch first_ = -1;
};

}  // namespace tiering
