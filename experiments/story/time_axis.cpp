// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/time_axis.h"

#include <algorithm>
#include <chrono>

namespace story {
namespace {

constexpr sim::Duration kLongestGap = std::chrono::nanoseconds{700};
constexpr double kCutHeight = 34;

}  // namespace

TimeAxis::TimeAxis(std::vector<Busy> busy, double top, double pixels_per_ns)
    : pixels_per_ns_(pixels_per_ns), bottom_(top) {
  std::ranges::sort(busy, {}, &Busy::begin);
  for (const Busy& b : busy) {
    if (!pieces_.empty() && b.begin <= pieces_.back().end + kLongestGap) {
      pieces_.back().end = std::max(pieces_.back().end, b.end);
      continue;
    }
    if (!pieces_.empty()) {
      bottom_ = pieces_.back().y + length(pieces_.back().end - pieces_.back().begin);
      cuts_.push_back({bottom_ + kCutHeight / 2, b.begin - pieces_.back().end});
      bottom_ += kCutHeight;
    }
    pieces_.push_back({b.begin, b.end, bottom_});
  }
  if (!pieces_.empty())
    bottom_ = pieces_.back().y + length(pieces_.back().end - pieces_.back().begin);
}

double TimeAxis::y(sim::Time when) const {
  const Piece* piece = &pieces_.front();
  for (const Piece& p : pieces_)
    if (p.begin <= when) piece = &p;
  return piece->y + length(std::min(when, piece->end) - piece->begin);
}

}  // namespace story
