// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "sim/trace.h"

namespace sim {

/// A log as both file formats want it: in order of time, and with spans that nest. Where spans of
/// a track overlap without nesting, as those of packets in flight do, the track is drawn as several
/// lanes, and each span goes to the first lane into which it fits.
struct Timeline {
  struct Lane {
    Track track;
    std::size_t number;  // among the lanes of its track, from 0
  };
  enum class Kind { kBegin, kEnd, kInstant, kSample, kSent, kArrived };
  /// Something to write. `index` is into the list of the log that `kind` names.
  struct Mark {
    Time at;
    Kind kind;
    std::size_t lane;
    std::size_t index;
  };

  std::vector<Lane> lanes;  // first those numbered 0, in the order of their tracks
  std::vector<Mark> marks;
};

Timeline timeline(const TraceLog& log);

}  // namespace sim
