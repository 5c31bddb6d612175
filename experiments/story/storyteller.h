// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "experiments/story/critical_path.h"
#include "experiments/story/reasons.h"
#include "experiments/story/story.h"

namespace story {

/// Puts what a recording says of a handover into words:
///
/// - all that its CPU does in that time;
/// - of the agent's core, the episodes that concern this CPU: from a message, an outcome or a look
///   at its words to the next look, if they end in that time, and also the one that left the
///   decision which is used;
/// - what goes between them, there and back;
/// - whatever else the critical path leads over.
class Storyteller {
 public:
  Storyteller(const Recording& recording, const ParameterBook& book, bool coherent_link,
              const Handover& handover);

  Story tell();

 private:
  void tell_cpu();
  void tell_agent();
  void tell_path();
  void tell_step(const Made& step, CoreNumber core);
  void tell_ways(const Made& step, CoreNumber core);
  void tell_flight(const Segment& flight);
  void name_parameters();

  Lane lane_of(CoreNumber core) const;
  Lane lane_of_flight(const Segment& flight) const;
  std::string who(CoreNumber core) const;
  /// A core's steps between two looks of its polling loop.
  using Episode = std::vector<const Made*>;
  std::vector<Episode> episodes(CoreNumber core, sim::Time begin, sim::Time end) const;
  bool concerns_cpu(const Episode& episode) const;
  sim::Time decided_at() const;
  PathPart part_of(const Segment& segment) const;

  const Recording& recording_;
  const ParameterBook& book_;
  const Handover handover_;
  const Reasons reasons_;
  const std::vector<Segment> path_;
  std::set<std::tuple<CoreNumber, sim::Time, sim::Time>> told_;  // steps, by begin and end
  Story story_;
};

}  // namespace story
