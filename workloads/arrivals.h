// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/units.h"
#include "workloads/arrival_params.h"

namespace workloads {

/// A request that reaches the system.
struct Arrival {
  sim::Time at;
  std::uint64_t request = 0;  // counts from 0; service times are drawn by it
  int request_class = 0;      // 0 for a short request, 1 for a long one, or what a trace says

  bool operator==(const Arrival&) const = default;
};

/// Requests in order of time. An open loop: nothing that the system does delays them.
class Arrivals {
 public:
  virtual ~Arrivals() = default;

  /// The next request, or nothing when there will be no more. Two may share an instant.
  virtual std::optional<Arrival> next() = 0;
};

/// The one place that knows every kind by name. Throws sim::ConfigError, with a path below the
/// params', for values without sense and for traces that cannot be read.
std::unique_ptr<Arrivals> make_arrivals(const ArrivalParams& params, std::uint64_t seed);

}  // namespace workloads
