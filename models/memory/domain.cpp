// SPDX-License-Identifier: Apache-2.0
#include "models/memory/domain.h"

#include <utility>

namespace memory {

Domain::Domain(std::string name, Joined joined)
    : name_(std::move(name)),
      joined_(std::move(joined)),
      cores_(static_cast<int>(joined_.node_of.size())),
      nodes_(static_cast<int>(joined_.nodes.size())) {
  SIM_CHECK(cores_ <= CoreSet::kMost);
  SIM_CHECK(nodes_ >= 1);
  SIM_CHECK(joined_.transfer.size() == joined_.node_of.size() * joined_.node_of.size());
  SIM_CHECK(joined_.apart.size() == joined_.nodes.size() * joined_.nodes.size());
  for (NodeIndex reader = 0; reader < nodes_; ++reader)
    for (NodeIndex home = 0; home < nodes_; ++home)
      for (NodeIndex holder = 0; holder < nodes_; ++holder)
        detours_.push_back(find_detour(reader, home, holder));
}

sim::Duration Domain::find_detour(NodeIndex reader, NodeIndex home, NodeIndex holder) const {
  if (reader == holder) return sim::Duration{0};
  // The request goes to the home and on to the holder, the line comes straight back.
  const sim::Duration round =
      (apart(reader, home) + apart(home, holder) - apart(reader, holder)) / 2;
  return round + (home == holder ? sim::Duration{0} : at(home).directory);
}

}  // namespace memory
