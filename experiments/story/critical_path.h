// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/story/recording.h"

namespace story {

/// A part of the way on which a handover could not have been faster.
struct Segment {
  enum class Kind : std::uint8_t {
    kStep,    // somebody does something
    kFlight,  // something is on its way to somebody
    kQueue,   // something is there, and who is to see it is busy or has yet to come by
    kUnseen,  // before the recording begins
  };
  Kind kind{};
  CoreNumber core = 0;  // who does it, or is waited for
  sim::Time begin{};
  sim::Time end{};
  const Made* step = nullptr;      // of kStep
  const Origin* origin = nullptr;  // of a flight of a word or an interrupt, and of kQueue
  std::size_t trip = 0;            // of the flight of a line that was asked for ahead of time

  sim::Duration took() const { return end - begin; }
};

/// From the handover's begin to its end, without gaps. Found backwards, from each step to the cause
/// that came last:
///
/// - a wait was ended by an interrupt: to its sender, at the instant at which it left;
/// - a load waited for a line on its way: to the prefetch that had asked for it;
/// - a polling loop found a word: to the core that stored it. If the word was there earlier, and
///   the loop's core busy with other things, the path waits for it;
/// - anything else follows from the same core's step before.
///
/// What lies before the handover's begin is nobody's delay.
std::vector<Segment> critical_path(const Recording& recording, const Handover& handover);

}  // namespace story
