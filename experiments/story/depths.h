// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/trace.h"

namespace story {

/// How many of something there are, as a counter of a trace. Changes may be told in any order,
/// since cores work ahead of each other. How many there were at first is not known: as few as make
/// the least of all later ones zero.
class Depths {
 public:
  void change(const std::string& name, sim::Time at, int by) {
    changes_[name].emplace_back(at, by);
  }
  /// Writes what lies in `[begin, end]`.
  void write(const sim::Trace& trace, sim::Track track, sim::Time begin, sim::Time end);

 private:
  using Changes = std::vector<std::pair<sim::Time, int>>;

  std::map<std::string, Changes> changes_;
};

}  // namespace story
