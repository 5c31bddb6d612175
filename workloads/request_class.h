// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/random.h"

namespace workloads {

/// Which requests are of the second kind, range queries among GETs say: each with the same
/// probability, whatever came before. It is one coin a request for everyone who asks, so that the
/// class that a client announces and the service time that the request turns out to need agree
/// wherever their shares do.
class RequestClasses {
 public:
  RequestClasses(std::uint64_t seed, double long_share)
      : coins_(seed, "workloads.class"), long_share_(long_share) {}

  bool is_long(std::uint64_t request) const;

 private:
  sim::Stream coins_;
  double long_share_;
};

}  // namespace workloads
