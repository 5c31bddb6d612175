// SPDX-License-Identifier: Apache-2.0
#include "workloads/request_class.h"

#include <boost/random/uniform_01.hpp>

namespace workloads {

bool RequestClasses::is_long(std::uint64_t request) const {
  if (long_share_ <= 0) return false;
  sim::Draws coin = coins_.at(request);
  return boost::random::uniform_01<double>{}(coin) < long_share_;
}

}  // namespace workloads
