// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>

#include "experiments/system/bulk_transports.h"
#include "sim/describe.h"
#include "subsystems/memory/policies/hot_set.h"
#include "subsystems/memory/policies/last_scan_threshold.h"
#include "subsystems/memory/policies/sol_params.h"
#include "subsystems/memory/tiering_params.h"
#include "workloads/page_load.h"

namespace experiments {

enum class TieringPolicyKind { kSol, kFastest, kSlowest, kLastScan, kOracle };

constexpr auto enum_names(std::type_identity<TieringPolicyKind>) {
  using sim::EnumName;
  using K = TieringPolicyKind;
  return std::array{EnumName{K::kSol, "sol"}, EnumName{K::kFastest, "fastest"},
                    EnumName{K::kSlowest, "slowest"}, EnumName{K::kLastScan, "last_scan"},
                    EnumName{K::kOracle, "oracle"}};
}

/// How the agent learns and chooses. One flat list for all kinds, so that a sweep may go over the
/// kinds and leave the rest alone. Policies know nothing of files; this is theirs.
struct TieringPolicyParams {
  TieringPolicyKind kind = TieringPolicyKind::kSol;
  double reserve = tiering::HotSetParams{}.reserve;
  double margin = tiering::HotSetParams{}.margin;
  double saturated = tiering::SolParams{}.saturated;
  double predicted = tiering::SolParams{}.predicted;
  double kept = tiering::SolParams{}.kept;
  double sample = tiering::SolParams{}.sample;
  double tolerated = tiering::SolParams{}.tolerated;
  double standard_errors = tiering::SolParams{}.standard_errors;
  double remote_limit = tiering::SolParams{}.remote_limit;
  int threshold = tiering::LastScanThresholdParams{}.accessed;
  int scans_to_age = tiering::LastScanThresholdParams{}.scans_to_age;

  tiering::SolParams sol() const {
    return {.saturated = saturated,
            .predicted = predicted,
            .kept = kept,
            .sample = sample,
            .tolerated = tolerated,
            .standard_errors = standard_errors,
            .remote_limit = remote_limit};
  }

  static void describe(auto&& field) {
    using P = TieringPolicyParams;
    using sim::Range;
    field(&P::kind, "kind",
          "sol: learns how often to scan each batch; fastest, slowest: scans everything in the "
          "shortest or the longest period; last_scan: by idle age, as kstaled; oracle: knows how "
          "often everything is accessed",
          sim::chosen("the question"));
    field(&P::reserve, "reserve",
          "what the estimated accesses to the fast tier must have above the objective, of all: a "
          "batch that is chosen for a high estimate is more often over- than underestimated",
          sim::assumed("a fifth of a percent was lost without"), Range{0.0, 0.05});
    field(&P::margin, "margin",
          "how much hotter a batch of the slow tier must be than one of the fast tier to take its "
          "place",
          sim::assumed("against two that change places for ever"), Range{0.0, 1.0});
    field(&P::saturated, "saturated",
          "sol: share of a batch's pages that, found accessed, means that the scan came too late",
          sim::derived("around 0.8 a scan says most about a rate"), Range{0.5, 0.98});
    field(&P::predicted, "predicted",
          "sol: what a success that is predicted for another period counts",
          sim::assumed("half of one that was seen"), Range{0.0, 1.0});
    field(&P::kept, "kept", "sol: share of what is known that still counts an epoch later",
          sim::assumed("after two epochs the new outweighs the old"), Range{0.0, 0.9});
    field(&P::sample, "sample",
          "sol: share of the batches that are scanned in the shortest period to assess the model",
          sim::assumed("SOL has such a sample"), Range{0.001, 0.5});
    field(&P::tolerated, "tolerated",
          "sol: share of the sample's accesses that may go to batches whose period was far too "
          "long",
          sim::assumed("as much as the fast tier need not serve"), Range{0.05, 0.5});
    field(&P::standard_errors, "standard_errors",
          "sol: by how many of them it must be more for the assessment to fail",
          sim::assumed("one false alarm in 44"), Range{0.0, 4.0});
    field(&P::remote_limit, "remote_limit",
          "sol: share of the accesses that the slow tier may serve before batches are promoted in "
          "mid-epoch",
          sim::assumed("more than the objective leaves to it"), Range{0.05, 0.9});
    field(&P::threshold, "threshold", "last_scan: pages that a scan finds in a batch in use",
          sim::assumed("any"), Range{1, 64});
    field(&P::scans_to_age, "scans_to_age", "last_scan: scans without use that make a batch cold",
          sim::assumed("a few"), Range{1, 64});
  }
};

/// Memory management: an application's memory, the mechanism in the host's kernel, and the agent.
struct MemoryParams {
  TieringPolicyParams policy;
  tiering::TieringParams tiering;
  DmaQueueParams dma_queues;
  workloads::PageLoadParams load;

  static void describe(auto&& field) {
    using P = MemoryParams;
    field(&P::policy, "policy", "how the agent learns and chooses");
    field(&P::tiering, "tiering", "the memory, and what is done about it at what cost");
    field(&P::dma_queues, "dma_queues", "between the host and an agent on the NIC");
    field(&P::load, "load", "how the application accesses its memory");
  }
};

}  // namespace experiments
