// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/units.h"

namespace story {

/// Where instants lie in a drawing whose time runs downwards. Spans in which nothing happens are
/// cut out when they are long, and leave a mark.
class TimeAxis {
 public:
  struct Busy {
    sim::Time begin;
    sim::Time end;
  };
  struct Cut {
    double y;
    sim::Duration left_out;
  };

  /// What has to be seen, in any order.
  TimeAxis(std::vector<Busy> busy, double top, double pixels_per_ns);

  double y(sim::Time when) const;
  double bottom() const { return bottom_; }
  const std::vector<Cut>& cuts() const { return cuts_; }

 private:
  struct Piece {
    sim::Time begin;
    sim::Time end;
    double y;
  };
  double length(sim::Duration d) const { return sim::to_ns(d) * pixels_per_ns_; }

  const double pixels_per_ns_;
  double bottom_ = 0;
  std::vector<Piece> pieces_;
  std::vector<Cut> cuts_;
};

}  // namespace story
