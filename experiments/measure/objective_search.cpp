// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/objective_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace experiments {
namespace {

/// Of lookups of what arrives.
constexpr int kMostLookups = 60;
/// So much steeper than the load the share of late requests is supposed to rise, until two probes
/// say it: by a factor of e in 2 %, as E7's systems do.
constexpr double kSteepness = 50;
/// Beyond a factor of e^4 how late requests are says no more.
constexpr double kFar = 4;
/// So many steps down stay as small as what lateness says.
constexpr int kSmallSteps = 2;

/// A load that was tried.
struct Tried {
  double rate = 0;
  double excess = 0;  // the logarithm of how late requests were; 0: as late as they may be
};

class ObjectiveSearch {
 public:
  ObjectiveSearch(const SloQuestions& ask, double capacity, double resolution)
      : ask_(ask),
        capacity_(capacity),
        step_(1 + 0.97 * resolution),
        least_(kNegligible * capacity) {}

  Saturation run() {
    look_at(highest_below_capacity());
    while (kept_.rate == 0 && refused_.rate > least_ && may_go_on()) look_at(lower());
    while (kept_.rate > 0 && !is_close() && may_go_on()) look_at(between());
    result_.refused_rate = refused_.rate;
    return result_;
  }

 private:
  bool may_go_on() const { return result_.probes < kMostProbes; }
  bool is_close() const { return refused_.rate <= step_ * kept_.rate * (1 + kRounding); }

  /// In steps as large as what the search may leave, so that nothing is left where the capacity is
  /// what limits. One step more is refused.
  double highest_below_capacity() {
    const double arriving = ask_.arriving(capacity_);
    double rate = arriving > 0 ? capacity_ * capacity_ / arriving : capacity_;
    int lookups = 1;
    while (ask_.arriving(rate * step_) <= capacity_ && ++lookups < kMostLookups) rate *= step_;
    while (ask_.arriving(rate) > capacity_ && ++lookups < kMostLookups) rate /= step_;
    refused_.rate = rate * step_;
    return rate;
  }

  void look_at(double rate) {
    ++result_.probes;
    const SloProbe found = ask_.probe(rate);
    const bool in_time = found.late <= 1;
    const Tried tried{.rate = rate, .excess = std::clamp(std::log(found.late), -kFar, kFar)};
    misled_ = in_time == expect_in_time_ ? 0 : misled_ + 1;
    if (!in_time) {
      refused_ = tried;
      late_ = true;
      return;
    }
    kept_ = tried;
    result_.rate = found.arrived;
    result_.offered = rate;
  }

  /// Goes down until SLOs are met: to where the last probe points, and a little below, but no less
  /// than a step, which leaves nothing to search.
  double lower() {
    expect_in_time_ = true;
    const double pointed = std::exp(refused_.excess / kSteepness) * std::sqrt(std::sqrt(step_));
    ratio_ = misled_ > kSmallSteps ? std::min(ratio_ * ratio_, 2.0) : std::max(pointed, step_);
    return refused_.rate / ratio_;
  }

  /// Where SLOs are just met, from what the two ends of the bracket say.
  double aim() const {
    const double width = std::log(refused_.rate / kept_.rate);
    const double rise = late_ ? refused_.excess - kept_.excess : kSteepness * width;
    return kept_.rate * std::exp(std::min(1.0, -kept_.excess / std::max(rise, kRounding)) * width);
  }

  /// A step from an end of the bracket if that is beyond where SLOs are just met, as the search is
  /// over then; else just below that.
  double between() {
    if (misled_ >= 2) return std::sqrt(kept_.rate * refused_.rate);
    const double above = kept_.rate * step_;
    const double below = refused_.rate / step_;
    const double middle = aim();
    expect_in_time_ = middle * middle >= above * below;
    if (!expect_in_time_ && middle <= above) return above;
    if (expect_in_time_ && middle >= below) return below;
    expect_in_time_ = true;
    return middle / std::sqrt(step_);
  }

  static constexpr double kRounding = 1e-9;

  const SloQuestions& ask_;
  const double capacity_;
  const double step_;
  const double least_;
  Saturation result_;
  Tried kept_;
  Tried refused_{.rate = std::numeric_limits<double>::infinity()};
  bool late_ = false;  // whether `refused_` missed SLOs; else it is only more than the capacity
  double ratio_ = 1;   // of the last step down
  bool expect_in_time_ = true;
  int misled_ = 0;  // how many probes in a row were on the other side than expected
};

}  // namespace

Saturation search_objective(const SloQuestions& ask, double capacity, double resolution) {
  return ObjectiveSearch(ask, capacity, resolution).run();
}

}  // namespace experiments
