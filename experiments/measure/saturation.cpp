// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/saturation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace experiments {
namespace {

/// First step away from where the overload run points.
constexpr double kFirstStep = 0.02;

/// Narrows a bracket around the load that a system just keeps up with. A probe that does not keep
/// up says where to look: what it completes is what the system can do, and the closer the probe is
/// the better it says so.
class Search {
 public:
  Search(const std::function<Probe(double)>& probe, double overload, double resolution)
      : probe_(probe),
        resolution_(resolution),
        least_(kNegligible * overload),
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
    aim_ = rate * found.completed / found.arrived / (1 - kLeftOver);
    margin_ = near();
    return false;
  }

  /// Overload may slow a system down, or do it good: a little more than it seems to be able to do
  /// shows it as it is near its limit, unless it was no more.
  void approach() {
    const double rate = aim_ * (1 + kFirstStep);
    if (kept_up_ == 0 && rate > least_ && rate * (1 + kFirstStep) < refused_) look_at(rate);
  }
  /// Goes down until the system keeps up.
  void find_lower_end() {
    double rate = aim_;
    double step = near();
    for (int taken = 0; kept_up_ == 0 && rate > least_ && may_go_on(); ++taken) {
      if (taken >= 1) step = std::min(2 * step, 0.5);
      rate = std::min(rate, aim_) * (1 - step);
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
  double aim_ = 0;  // where the last refused probe points; 0: nowhere
  double margin_ = 0;
};

}  // namespace

Saturation find_saturation(const std::function<Probe(double rate)>& probe, double overload,
                           double resolution) {
  return Search(probe, overload, resolution).run();
}

Saturation find_capacity(const std::function<Probe(double rate)>& probe, double first,
                         double near) {
  Saturation result;
  double next = first;
  do {
    result.refused_rate = next;
    result.rate = probe(next).completed;
    ++result.probes;
    next = kOffered * result.rate;
  } while (std::abs(result.refused_rate - next) > near * next && next > 0 &&
           result.probes < kMostProbes);
  return result;
}

int fewest(int most, const std::function<double(int)>& share) {
  int too_few = 0;
  int next = most / 2;
  while (most - too_few > 1) {
    const int some = std::clamp(next, too_few + 1, most - 1);
    const double done = share(some);
    if (done >= 1) {
      next = too_few > 0 ? some - 1 : some / 2;
      most = some;
    } else {
      next = done > 0 ? static_cast<int>(std::ceil(std::min(some / done, 1.0 * most))) : some + 1;
      too_few = some;
    }
  }
  return most;
}

}  // namespace experiments
