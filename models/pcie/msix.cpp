// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/msix.h"

#include <algorithm>

namespace pcie {

Msix::Msix(sim::Simulation& sim, Link& link, RootComplex& root, const MsixParams& params)
    : sim_(sim), link_(link), root_(root), params_(params) {}

Time Msix::delivery(Socket to) const {
  const Time now = sim_.now();
  return std::max(now, root_.visible_by(now - root_.inbound())) + params_.delivery + root_.to(to);
}

bool Msix::lose(int vector) {
  if (!lost_ || !lost_(vector)) return false;
  ++stats_.lost;
  return true;
}

}  // namespace pcie
