// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "subsystems/memory/policies/policy.h"

namespace tiering {

struct LastScanThresholdParams {
  Period period = 2;  // at which every batch is scanned
  int accessed = 1;   // pages that a scan has to find for the batch to be in use; 1 .. pages
  int scans_to_age =
      4;  // without use, after which the batch is cold; 1: the last scan alone counts
};

/// What kernels do that sort pages by idle age (kstaled): a batch in which the last scan found
/// enough pages accessed is in use, one in which several in a row did not is cold. Among those that
/// are not cold, the younger is the hotter, and among those of one age, the one in which more pages
/// were found when it was last in use.
///
/// Not modelled: kstaled's ages by page, and its choice of an age from a target of promotions.
class LastScanThreshold : public Policy {
 public:
  LastScanThreshold(const Part& part, const LastScanThresholdParams& params);

  void observe(std::span<const Scan> scans, Work& work) override;
  void choose_periods(std::span<Period> next, Work& work) override;
  /// Pages found when last in use per second since the scan before that.
  void estimate(std::span<float> rates, Work& work) override;

 private:
  struct Use {
    int accessed = 0;  // pages, when it was last in use
    int age = 0;       // scans since then
  };
  float rate(const Use& use) const;

  const Part part_;
  const LastScanThresholdParams params_;
  std::vector<Use> uses_;
};

}  // namespace tiering
