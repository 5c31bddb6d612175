// SPDX-License-Identifier: Apache-2.0
#include "sim/trace_timeline.h"

#include <algorithm>
#include <numeric>

namespace sim {
namespace {

using Kind = Timeline::Kind;

std::size_t first_lane(Track track) {
  return track.id - 1;
}

/// Puts spans into lanes and emits their beginnings and ends, for each lane in the order in which
/// a reader with a stack has to see them.
class Nesting {
 public:
  Nesting(const TraceLog& log, Timeline& out) : spans_(log.spans()), out_(out) {
    for (std::size_t i = 0; i < log.tracks().size(); ++i) {
      out_.lanes.push_back({Track{static_cast<std::uint32_t>(i + 1)}, 0});
      lanes_of_track_.push_back({i});
    }
    open_.resize(out_.lanes.size());
  }

  void run() {
    for (const std::size_t span : outer_first()) {
      const std::size_t lane = lane_for(span);
      open_[lane].push_back(span);
      out_.marks.push_back({spans_[span].begin, Kind::kBegin, lane, span});
    }
    for (std::size_t lane = 0; lane < open_.size(); ++lane) close_until(lane, Time::max());
  }

 private:
  /// By beginning; of those that begin together the longest first, since it holds the others.
  std::vector<std::size_t> outer_first() const {
    std::vector<std::size_t> order(spans_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      const auto &x = spans_[a], &y = spans_[b];
      return x.begin != y.begin ? x.begin < y.begin : x.end > y.end;
    });
    return order;
  }

  std::size_t lane_for(std::size_t span) {
    auto& lanes = lanes_of_track_[first_lane(spans_[span].track)];
    for (const std::size_t lane : lanes) {
      close_until(lane, spans_[span].begin);
      if (open_[lane].empty() || spans_[open_[lane].back()].end >= spans_[span].end) return lane;
    }
    out_.lanes.push_back({spans_[span].track, lanes.size()});
    open_.emplace_back();
    lanes.push_back(out_.lanes.size() - 1);
    return lanes.back();
  }

  void close_until(std::size_t lane, Time now) {
    auto& open = open_[lane];
    while (!open.empty() && spans_[open.back()].end <= now) {
      out_.marks.push_back({spans_[open.back()].end, Kind::kEnd, lane, open.back()});
      open.pop_back();
    }
  }

  const std::vector<TraceLog::Span>& spans_;
  Timeline& out_;
  std::vector<std::vector<std::size_t>> lanes_of_track_;
  std::vector<std::vector<std::size_t>> open_;  // per lane, innermost last
};

void add_points(const TraceLog& log, std::vector<Timeline::Mark>& marks) {
  for (std::size_t i = 0; i < log.instants().size(); ++i) {
    const auto& instant = log.instants()[i];
    marks.push_back({instant.at, Kind::kInstant, first_lane(instant.track), i});
  }
  for (std::size_t i = 0; i < log.samples().size(); ++i) {
    const auto& sample = log.samples()[i];
    marks.push_back({sample.at, Kind::kSample, first_lane(sample.track), i});
  }
  for (std::size_t i = 0; i < log.arrows().size(); ++i) {
    const auto& arrow = log.arrows()[i];
    marks.push_back({arrow.sent, Kind::kSent, first_lane(arrow.from), i});
    marks.push_back({arrow.arrived, Kind::kArrived, first_lane(arrow.to), i});
  }
}

}  // namespace

Timeline timeline(const TraceLog& log) {
  Timeline out;
  Nesting(log, out).run();
  add_points(log, out.marks);
  // Stable, because the order of marks at one instant within a lane is what makes them nest.
  std::stable_sort(out.marks.begin(), out.marks.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

}  // namespace sim
