// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "sim/distributions.h"
#include "sim/made_once.h"

namespace workloads {

/// Reads each capture of service times once, for whoever runs many points of few captures. Any
/// thread may ask.
class Captures {
 public:
  /// The capture's quantiles up to `longest` times its median. Stays where it is. Throws
  /// sim::ConfigError for a file that cannot be read.
  const sim::Empirical& shape(const std::string& capture, double longest) const;

 private:
  sim::MadeOnce<std::pair<std::string, double>, sim::Empirical> known_;
};

}  // namespace workloads
