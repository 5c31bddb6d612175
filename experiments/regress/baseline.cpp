// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/baseline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/check.h"
#include "sim/statistics.h"
#include "sim/students_t.h"

namespace experiments {
namespace {

/// Two-sided: how often chance would move a mean by `difference` or more.
double chance_of(double difference, double standard_error, double freedom) {
  if (standard_error == 0) return difference == 0 ? 1 : 0;
  return 2 * sim::students_t_above(std::abs(difference) / standard_error, freedom);
}

sim::Replications replications_of(const BySeed& values) {
  sim::Replications replications;
  for (const auto& [seed, value] : values) replications.add(seed, value);
  return replications;
}

double squares_of(const sim::Replications& values) {
  if (values.count() < 2) return 0;
  const double deviation = values.standard_deviation();
  return deviation * deviation * static_cast<double>(values.count() - 1);
}

/// Arithmetic leaves the last digits of a mean to the order of its parts.
bool equal(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

/// Student's test of two samples that have one spread.
class TwoSamples {
 public:
  explicit TwoSamples(const BeforeAfter& value)
      : before_(replications_of(value.before)), after_(replications_of(value.after)) {
    freedom_ = static_cast<double>(before_.count() + after_.count()) - 2;
    if (freedom_ < 1) return;
    const double spread = (squares_of(before_) + squares_of(after_)) / freedom_;
    const double shares =
        1 / static_cast<double>(before_.count()) + 1 / static_cast<double>(after_.count());
    standard_error_ = std::sqrt(spread * shares);
  }

  double before() const { return before_.mean(); }
  double after() const { return after_.mean(); }
  bool tells() const { return freedom_ >= 1; }
  /// Below the last digits that arithmetic keeps there is no spread.
  bool exact() const { return standard_error_ <= 1e-9 * std::abs(before()); }
  double p() const {
    if (exact()) return equal(before(), after()) ? 1 : 0;
    return chance_of(after() - before(), standard_error_, freedom_);
  }
  /// The difference that chance makes as seldom as `p`.
  double reach(double p) const {
    if (exact()) return 0;
    return sim::students_t_exceeded(p / 2, freedom_) * standard_error_;
  }

 private:
  sim::Replications before_;
  sim::Replications after_;
  double freedom_ = 0;
  double standard_error_ = 0;
};

sim::Replications differences_of(const BeforeAfter& value) {
  sim::Replications differences;
  for (const auto& [seed, before] : value.before)
    if (const auto after = value.after.find(seed); after != value.after.end())
      differences.add(seed, after->second - before);
  return differences;
}

bool same_runs(const BeforeAfter& value) {
  return std::ranges::equal(value.before, value.after, [](const auto& a, const auto& b) {
    return a.first == b.first && equal(a.second, b.second);
  });
}

double chance_of(const BeforeAfter& value, const TwoSamples& samples) {
  const sim::Replications differences = differences_of(value);
  if (differences.count() < 3 || samples.exact()) return samples.p();
  const auto n = static_cast<double>(differences.count());
  const double paired =
      chance_of(differences.mean(), differences.standard_deviation() / std::sqrt(n), n - 1);
  return std::min(1.0, 2 * std::min(samples.p(), paired));
}

/// Before anything is called moved.
Judgement first_look(const BeforeAfter& value) {
  SIM_CHECK(!value.before.empty() && !value.after.empty());
  const TwoSamples samples(value);
  Judgement j{.before = samples.before(),
              .after = samples.after(),
              .runs = std::min(value.before.size(), value.after.size())};
  if (same_runs(value)) return j;
  j.finding = samples.tells() ? Finding::kNoise : Finding::kInexact;
  if (samples.tells()) j.p = chance_of(value, samples);
  return j;
}

bool is_tested(const Judgement& j) {
  return j.finding == Finding::kNoise || j.finding == Finding::kMoved;
}

bool is_worth_it(const Judgement& j) {
  return std::abs(j.after - j.before) > kNotWorthIt * std::abs(j.before);
}

/// Holm's procedure: the least probability is held against `rate` divided by the number of values,
/// the next one against `rate` divided by one less, and so on to the first that is no alarm.
void raise_alarms(std::vector<Judgement>& judgements, double rate) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < judgements.size(); ++i)
    if (is_tested(judgements[i])) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return judgements[i].p; });
  auto left = static_cast<double>(order.size());
  for (const std::size_t i : order) {
    if (judgements[i].p > rate / left--) break;
    if (is_worth_it(judgements[i])) judgements[i].finding = Finding::kMoved;
  }
}

/// What chance would do one time in four, or seldomer.
std::vector<std::size_t> doubtful_of(const std::vector<Judgement>& judgements) {
  constexpr double kDoubt = 0.25;
  std::vector<std::size_t> doubtful;
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    const Judgement& j = judgements[i];
    if (j.finding == Finding::kNoise && j.p < kDoubt && is_worth_it(j)) doubtful.push_back(i);
  }
  return doubtful;
}

void note_what_is_seen(std::vector<Judgement>& judgements, const std::vector<BeforeAfter>& values,
                       double rate) {
  const auto tested = static_cast<double>(std::ranges::count_if(judgements, is_tested));
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    Judgement& j = judgements[i];
    if (!is_tested(j) || j.before == 0) continue;
    const double reach = TwoSamples(values[i]).reach(rate / tested) / std::abs(j.before);
    j.sees = std::max(kNotWorthIt, reach);
  }
}

}  // namespace

double Judgement::change() const {
  if (before == after) return 0;
  if (before == 0) return std::numeric_limits<double>::infinity();
  return (after - before) / std::abs(before);
}

bool Judgement::moved() const {
  if (finding == Finding::kInexact) return is_worth_it(*this);
  return finding == Finding::kMoved;
}

std::vector<Judgement> judge(const std::vector<BeforeAfter>& values, const LookAgain& again) {
  std::vector<Judgement> judgements;
  for (const BeforeAfter& value : values) judgements.push_back(first_look(value));
  raise_alarms(judgements, again ? kFirstLook : kFalseAlarms);
  const std::vector<std::size_t> doubtful = doubtful_of(judgements);
  if (!again || doubtful.empty()) {
    note_what_is_seen(judgements, values, again ? kFirstLook : kFalseAlarms);
    return judgements;
  }

  std::vector<BeforeAfter> more = values;
  const std::vector<BySeed> found = again(doubtful);
  SIM_CHECK(found.size() == doubtful.size());
  for (std::size_t n = 0; n < doubtful.size(); ++n) {
    const std::size_t i = doubtful[n];
    if (found[n].empty()) continue;
    more[i].after = found[n];
    judgements[i] = first_look(more[i]);
    judgements[i].again = true;
  }
  raise_alarms(judgements, kFalseAlarms - kFirstLook);
  note_what_is_seen(judgements, more, kFalseAlarms - kFirstLook);
  return judgements;
}

}  // namespace experiments
