// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "subsystems/memory/policies/assessment.h"
#include "subsystems/memory/policies/lessons.h"
#include "subsystems/memory/policies/policy.h"
#include "subsystems/memory/policies/rate_meter.h"
#include "subsystems/memory/policies/sol_params.h"
#include "subsystems/memory/policies/thompson.h"

namespace tiering {

struct SolStats {
  std::int64_t unknown_batches = 0;
  std::int64_t unknown_periods = 0;
  std::int64_t impossible_counts = 0;
  std::int64_t failed_assessments = 0;
  std::int64_t promotions = 0;

  static void describe(auto&& stat) {
    stat(&SolStats::unknown_batches, "unknown_batches", "scans dropped: of no batch of the part");
    stat(&SolStats::unknown_periods, "unknown_periods", "scans dropped: after no period there is");
    stat(&SolStats::impossible_counts, "impossible_counts",
         "scans dropped: more pages accessed than the batch has");
    stat(&SolStats::failed_assessments, "failed_assessments",
         "ends of epochs at which a thread's model was found wanting");
    stat(&SolStats::promotions, "promotions", "times it asked to promote in mid-epoch");
  }
  friend SolStats operator+(SolStats a, const SolStats& b) {
    describe([&](auto member, auto&&...) { a.*member += b.*member; });
    return a;
  }
  friend SolStats operator-(SolStats a, const SolStats& b) {
    describe([&](auto member, auto&&...) { a.*member -= b.*member; });
    return a;
  }
};

/// Learns for each batch the longest period in which a scan still tells how often it is accessed
/// (SmartMemory on SOL, ASPLOS 2022): one bandit per batch with an arm per period, what the epoch's
/// scans taught (lessons.h), Thompson sampling at the epoch's end.
///
/// SOL's four safeguards. What cannot be is dropped, and counted. The model is assessed by a sample
/// (assessment.h). If it fails, every batch is scanned at the shortest period in the next epoch,
/// and nothing that the model says is to be trusted until it passes: it goes on learning and
/// choosing, unheard. When too many accesses go to the slow tier it asks to promote batches at
/// once.
///
/// Until the first scan has come in all batches are scanned at the first period.
class Sol : public Policy {
 public:
  /// At most kMostPeriods periods.
  Sol(const Part& part, const SolParams& params);

  void observe(std::span<const Scan> scans, Work& work) override;
  void choose_periods(std::span<Period> next, Work& work) override;
  void estimate(std::span<float> rates, Work& work) override;
  bool trusted() const override { return trusted_; }
  bool must_promote(double remote_share) override;

  Posterior posterior(Batch batch, Period period) const {
    return learner_.posterior(batch, period);
  }
  const SolStats& stats() const { return stats_; }

 private:
  /// Of a batch, in this epoch. All that a scan adds to is in one line of the cache, since batches
  /// are too many for it and those that are scanned lie apart.
  struct alignas(64) Record {
    Lesson learned = Lesson::Zero();
    Told told;
  };
  static_assert(sizeof(Record) == 64);

  Record& record(Batch batch) { return records_[static_cast<std::size_t>(batch)]; }
  void drop(const Scan& scan);
  void assess(Work& work);
  void learn();

  const Part part_;
  const SolParams params_;
  const Lessons lessons_;
  SolStats stats_;
  const RateMeter meter_;
  std::vector<Record> records_;
  Assessment assessment_;
  Thompson learner_;
  bool has_begun_ = false;
  bool trusted_ = true;
};

}  // namespace tiering
