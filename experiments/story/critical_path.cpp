// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/critical_path.h"

#include <algorithm>
#include <string_view>

namespace story {
namespace {

using sim::Time;

/// Goes back from the end; segments come out last first.
class Walk {
 public:
  Walk(const Recording& recording, const Handover& handover)
      : recording_(recording), begin_(handover.begin), core_(handover.cpu), at_(handover.end) {}

  std::vector<Segment> run() {
    while (at_ > begin_) go_back();
    std::ranges::reverse(path_);
    return std::move(path_);
  }

 private:
  void go_back();
  void to_sender(const Made& step);
  void to_writer(const Made& step);
  void to_prefetch(const Made& step);
  static bool ended_by_interrupt(const Made& step) {
    return step.kind == core::Step::Kind::kWait && step.origin;
  }
  bool found_by_polling(const Made& step) const {
    return std::string_view(step.activity) == "poll" && step.origin && step.origin->sent > begin_;
  }
  bool waited_for_line(const Made& step) const {
    const Trip* const trip = step.awaited != 0 ? recording_.trip(step.awaited) : nullptr;
    return trip != nullptr && trip->back > step.begin;
  }
  /// A segment from `when` on, which the path then stands at.
  void add(Segment segment, Time when) {
    segment.core = core_;
    segment.begin = std::clamp(when, begin_, at_);
    segment.end = at_;
    if (segment.begin < segment.end) path_.push_back(segment);
    at_ = segment.begin;
  }

  const Recording& recording_;
  const Time begin_;
  CoreNumber core_;
  Time at_;
  std::vector<Segment> path_;
};

void Walk::go_back() {
  const Made* step = recording_.before(core_, at_);
  if (step == nullptr) return add({.kind = Segment::Kind::kUnseen}, begin_);
  if (ended_by_interrupt(*step)) return to_sender(*step);
  if (found_by_polling(*step)) return to_writer(*step);
  if (waited_for_line(*step)) return to_prefetch(*step);
  add({.kind = Segment::Kind::kStep, .step = step}, step->begin);
}

void Walk::to_sender(const Made& step) {
  const Origin& origin = *step.origin;
  add({.kind = Segment::Kind::kStep, .step = &step}, origin.arrived);
  add({.kind = Segment::Kind::kFlight, .origin = &origin}, origin.sent);
  core_ = origin.from;
}

void Walk::to_writer(const Made& step) {
  const Origin& origin = *step.origin;
  add({.kind = Segment::Kind::kStep, .step = &step}, std::max(step.begin, origin.arrived));
  add({.kind = Segment::Kind::kQueue, .origin = &origin}, origin.arrived);
  add({.kind = Segment::Kind::kFlight, .origin = &origin}, origin.sent);
  core_ = origin.from;
}

void Walk::to_prefetch(const Made& step) {
  const Trip& trip = *recording_.trip(step.awaited);
  add({.kind = Segment::Kind::kStep, .step = &step}, trip.back);
  add({.kind = Segment::Kind::kFlight, .trip = step.awaited}, trip.left);
}

}  // namespace

std::vector<Segment> critical_path(const Recording& recording, const Handover& handover) {
  return Walk(recording, handover).run();
}

}  // namespace story
