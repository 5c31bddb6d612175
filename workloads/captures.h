// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "sim/distributions.h"

namespace workloads {

/// Reads each capture of service times once, for whoever runs many points of few captures. Any
/// thread may ask.
class Captures {
 public:
  /// The capture's quantiles up to `longest` times its median. Stays where it is. Throws
  /// sim::ConfigError for a file that cannot be read.
  const sim::Empirical& shape(const std::string& capture, double longest) const;

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::string, double>, sim::Empirical> known_;
};

}  // namespace workloads
