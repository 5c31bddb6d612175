// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/depths.h"

#include <algorithm>

namespace story {

void Depths::write(const sim::Trace& trace, sim::Track track, sim::Time begin, sim::Time end) {
  for (auto& [name, changes] : changes_) {
    std::ranges::stable_sort(changes, {}, &Changes::value_type::first);
    int depth = 0;
    int least = 0;
    for (const auto& [at, by] : changes) least = std::min(least, depth += by);
    depth = -least;
    bool began = false;
    for (const auto& [at, by] : changes) {
      if (at > end) break;
      if (at >= begin && !std::exchange(began, true)) trace.counter(track, name, begin, depth);
      depth += by;
      if (at >= begin) trace.counter(track, name, at, depth);
    }
    if (!began) trace.counter(track, name, begin, depth);
  }
}

}  // namespace story
