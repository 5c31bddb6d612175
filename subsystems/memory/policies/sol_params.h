// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/memory/policies/policy.h"

namespace tiering {

struct SolParams {
  /// Share of a batch's pages that, found accessed, means that a scan came too late to tell how
  /// often; above 0, below 1. Derived: at 0.9 the periods that are right leave between 0.68 and 0.9
  /// of the pages accessed, the middle of which, 0.8, tells most about a Poisson rate per scan.
  double saturated = 0.9;
  /// What a success or failure counts that is only predicted, against one that the scan has shown;
  /// 0 .. 1. Assumed.
  double predicted = 0.5;
  /// Of what is known at an epoch's end, the share that still counts at the end of the next one;
  /// 0 .. below 1. Assumed: little, so that two epochs after a change the new outweighs the old.
  double kept = 0.25;
  /// Scanned at before anything is known. The shortest: costly but safe (assumed).
  Period first = 0;

  /// Share of batches that are scanned at the shortest period to assess the model by; above 0, up
  /// to 1. SOL has such a sample (recalled); how large it is, is assumed.
  double sample = 1.0 / 64;
  /// Share of the sample's accesses that may go to batches whose chosen period was far too long;
  /// 0 .. below 1. Assumed: as much as the fast tier need not serve.
  double tolerated = 0.2;
  /// How many standard errors more than that it must be for the assessment to fail; 0 and up.
  /// Assumed: two, one false alarm in 44 of a model that just passes.
  double standard_errors = 2;

  /// Share of accesses that the slow tier may serve before batches are promoted in mid-epoch;
  /// 0 .. 1. Must be more than the objective leaves to it. SOL has such a limit (recalled), its
  /// value is assumed.
  double remote_limit = 0.3;
};

}  // namespace tiering
