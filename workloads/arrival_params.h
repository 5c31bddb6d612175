// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"

namespace workloads {

enum class ArrivalKind { kPoisson, kDeterministic, kBursts, kTrace };

constexpr auto enum_names(std::type_identity<ArrivalKind>) {
  using sim::EnumName;
  return std::array{EnumName{ArrivalKind::kPoisson, "poisson"},
                    EnumName{ArrivalKind::kDeterministic, "deterministic"},
                    EnumName{ArrivalKind::kBursts, "mmpp"}, EnumName{ArrivalKind::kTrace, "trace"}};
}

/// When requests come. `rate` is the mean of every kind but a trace, whose file says when, so that
/// a sweep over loads is a sweep over one number.
struct ArrivalParams {
  ArrivalKind kind = ArrivalKind::kPoisson;
  sim::Rate rate{500e3};
  double long_share = 0;

  double burst_factor = 4;
  double burst_share = 0.1;
  sim::Duration burst_time = std::chrono::milliseconds{1};

  std::string trace = {};

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = ArrivalParams;
    field(&P::kind, "kind",
          "poisson; deterministic: equal gaps; mmpp: Poisson with bursts; trace: from a file",
          sim::recalled("Wave's load generators are open-loop Poisson, as in ghOSt's scripts"));
    field(&P::rate, "rate", "mean arrivals in a second", sim::chosen("the axis of every sweep"),
          sim::Range{sim::Rate{1e3}, sim::Rate{2e6}});
    field(&P::long_share, "long_share", "share of requests announced as long (class 1)",
          sim::chosen("GETs only"), sim::Range{0.0, 1.0});
    field(&P::burst_factor, "burst_factor", "mmpp: rate within a burst / mean rate",
          sim::chosen("bursts that overload a server at half load"), sim::Range{1.0, 10.0});
    field(&P::burst_share, "burst_share", "mmpp: share of time that bursts take",
          sim::chosen("with a factor of 4, two requests in five come in a burst"),
          sim::Range{0.01, 0.5});
    field(&P::burst_time, "burst_time", "mmpp: mean length of a burst",
          sim::chosen("a hundred GETs long"), sim::Range{100us, 100ms});
    field(&P::trace, "trace", "trace: path of a .json or .jsonl file, see workloads/README.md",
          sim::chosen("none"));
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const ArrivalParams& params);

}  // namespace workloads
