// SPDX-License-Identifier: Apache-2.0
#include "experiments/saturation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace experiments {
namespace {

/// First step away from where the overload run points.
constexpr double kFirstStep = 0.02;
/// Nothing says how far down an SLO is met, but mostly it is near: so many steps stay small.
constexpr int kSmallSteps = 2;
/// A system that keeps up with nothing, or with everything, ends the search; nothing is less than
/// this part of what is too much.
constexpr double kNothing = 1e-5;
constexpr int kMostProbes = 40;

/// Narrows a bracket around the load that a system just keeps up with. A probe that does not keep
/// up says where to look: what it completes is what the system can do, and the closer the probe is
/// the better it says so. An SLO is missed without saying how far.
class Search {
 public:
  Search(const std::function<Probe(double)>& probe, double overload, double resolution)
      : probe_(probe),
        resolution_(resolution),
        least_(kNothing * overload),
        refused_(std::numeric_limits<double>::infinity()) {
    look_at(overload);
  }

  Saturation run() {
    approach();
    find_lower_end();
    find_upper_end();
    while (kept_up_ > 0 && refused_ > (1 + resolution_) * kept_up_ && may_go_on()) look_at(next());
    result_.refused_rate = refused_;
    return result_;
  }

 private:
  /// How far from where the search expects the end it looks first: probes on either side are to end
  /// it.
  double near() const { return 0.497 * resolution_; }
  /// One that leaves no more than is asked for, and one twice as large no more once it is halved.
  double first_step() const { return resolution_ < kFirstStep ? kFirstStep : 0.97 * resolution_; }
  bool may_go_on() const { return result_.probes < kMostProbes; }

  bool look_at(double rate) {
    ++result_.probes;
    const Probe found = probe_(rate);
    if (keeps_up(found)) {
      kept_up_ = rate;
      result_.rate = found.arrived;
      result_.offered = rate;
      return true;
    }
    refused_ = rate;
    guess_ = found.completed;
    aim_ = found.in_time ? 0 : rate * found.completed / found.arrived / (1 - kLeftOver);
    margin_ = near();
    return false;
  }

  /// Overload may slow a system down, or do it good: a little more than it seems to be able to do
  /// shows it as it is near its limit.
  void approach() {
    const double rate = aim_ * (1 + kFirstStep);
    if (kept_up_ == 0 && rate > least_ && rate < refused_) look_at(rate);
  }
  /// Goes down until the system keeps up.
  void find_lower_end() {
    double rate = aim_ > 0 ? aim_ : guess_;
    double step = aim_ > 0 ? near() : first_step();
    for (int taken = 0; kept_up_ == 0 && rate > least_ && may_go_on(); ++taken) {
      if (taken >= (aim_ > 0 ? 1 : kSmallSteps)) step = std::min(2 * step, 0.5);
      rate = (aim_ > 0 ? std::min(rate, aim_) : rate) * (1 - step);
      look_at(rate);
    }
  }
  /// Goes up until it does not.
  void find_upper_end() {
    double rate = kept_up_ * (1 + 4 * kFirstStep);
    while (kept_up_ > 0 && rate < refused_ && may_go_on() && look_at(rate))
      rate *= 1 + 4 * kFirstStep;
  }

  /// Near where the last refused probe points, on the side that is still far; else the middle.
  double next() {
    const double below = aim_ * (1 - margin_);
    const double above = aim_ * (1 + margin_);
    if (kept_up_ < below && below < refused_) return below;
    margin_ *= 4;
    if (kept_up_ < above && above < refused_) return above;
    return std::sqrt(kept_up_ * refused_);
  }

  const std::function<Probe(double)>& probe_;
  const double resolution_;
  const double least_;
  Saturation result_;
  double kept_up_ = 0;  // as offered
  double refused_;
  double guess_ = 0;  // what was completed when more was offered
  double aim_ = 0;    // where the last refused probe points; 0: nowhere
  double margin_ = 0;
};

}  // namespace

Saturation find_saturation(const std::function<Probe(double rate)>& probe, double overload,
                           double resolution) {
  return Search(probe, overload, resolution).run();
}

Saturation find_capacity(const std::function<Probe(double rate)>& probe, double overload,
                         double same) {
  constexpr int kMost = 10;
  Saturation result;
  double last = 0;
  for (double offered = overload; result.probes < kMost; offered = kOffered * result.rate) {
    last = std::exchange(result.rate, probe(offered).completed);
    ++result.probes;
    result.refused_rate = offered;
    if (result.rate <= (1 + same) * last && last <= (1 + same) * result.rate) break;
  }
  return result;
}

int fewest(int most, const std::function<bool(int)>& enough) {
  int too_few = 0;
  while (most - too_few > 1) {
    const int half = (too_few + most) / 2;
    (enough(half) ? most : too_few) = half;
  }
  return most;
}

}  // namespace experiments
