// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/units.h"
#include "workloads/captures.h"
#include "workloads/service_params.h"

namespace workloads {

/// How long a request keeps a core of the host's nominal speed busy. What request `i` needs depends
/// on the seed and on `i` alone: two systems that serve the same requests in another order, or on
/// other cores, are given the same work.
class ServiceTimes {
 public:
  virtual ~ServiceTimes() = default;

  virtual sim::Duration draw(std::uint64_t request) const = 0;
  /// Whether it is one of the long ones of a mix of two kinds.
  virtual bool is_long(std::uint64_t) const { return false; }
  virtual bool is_mix() const { return false; }
  /// What the draws tend to, for offered loads; not the mean of those made so far.
  virtual sim::Duration mean() const = 0;
};

/// The one place that knows every kind by name. `stream` sets sources apart that draw for the same
/// requests. Throws sim::ConfigError, with a path below the params', for values without sense and
/// for captures that cannot be read.
std::unique_ptr<ServiceTimes> make_service_times(const ServiceParams& params, std::uint64_t seed,
                                                 const Captures& captures = {},
                                                 std::string_view stream = "workloads.service");

}  // namespace workloads
