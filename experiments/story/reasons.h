// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/story/critical_path.h"
#include "experiments/story/parameter_book.h"
#include "experiments/story/recording.h"

namespace story {

/// A part of why something took as long as it did.
struct Reason {
  std::string what;
  std::string parameter;  // its path; empty: it follows from no single one
  sim::Duration took{};
};

/// Says why steps and ways took so long. Reasons add up to what they are for, to the picosecond.
class Reasons {
 public:
  Reasons(const Recording& recording, const ParameterBook& book, bool coherent_link)
      : recording_(recording), book_(book), coherent_link_(coherent_link) {}

  std::vector<Reason> of(const Made& step, CoreNumber core) const;
  /// "hit", "miss"; empty where there is no such thing.
  std::string outcome(const Made& step) const;
  /// Of a flight.
  std::vector<Reason> of(const Segment& flight) const;
  std::vector<Reason> of(const Trip& trip) const;

 private:
  Reason of(const core::Part& part, const Made& step, CoreNumber core) const;
  Reason of_move(const core::Part& part, CoreNumber core) const;
  std::vector<Reason> of_interrupt(const Origin& origin, CoreNumber to) const;
  void add_other_socket(std::vector<Reason>& reasons, CoreNumber core) const;
  Reason leg(const char* what, const std::string& path) const;

  const Recording& recording_;
  const ParameterBook& book_;
  const bool coherent_link_;  // rather than PCIe between the agent and its CPUs
};

}  // namespace story
