// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/model.h"

#include <map>

#include "sim/config_error.h"

namespace influence {

/// Adds the runs of one place, named by it; none when there is no such machine.
bool JointlySimulated::add(const Places& places, std::size_t index, std::optional<int> replications,
                           std::vector<experiments::Point>& points) const {
  const std::size_t before = points.size();
  for (const experiments::Point& point : points_) {
    experiments::Point changed = point;
    changed.variant = std::to_string(index) + ' ' + point.variant;
    if (replications) changed.params.run.replications = *replications;
    try {
      for (std::size_t i = 0; i < factors_.size(); ++i)
        if (places[i]) set(changed.params, factors_[i], *places[i]);
      experiments::check(changed.params);
    } catch (const sim::ConfigError&) {
      points.resize(before);
      return false;
    }
    points.push_back(std::move(changed));
  }
  return true;
}

std::vector<Answers> JointlySimulated::operator()(const std::vector<Places>& places,
                                                  std::optional<int> replications) const {
  std::vector<experiments::Point> points;
  std::vector<bool> possible;
  for (std::size_t i = 0; i < places.size(); ++i)
    possible.push_back(add(places[i], i, replications, points));
  std::map<std::string, experiments::PointResult> found;
  for (experiments::PointResult& result : experiments::run_points(points, runner_))
    found[result.point.variant] = std::move(result);

  std::vector<Answers> answers(places.size(), Answers(conclusions_.size()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!possible[i]) continue;
    for (std::size_t n = 0; n < conclusions_.size(); ++n)
      answers[i][n] = evaluate(conclusions_[n], [&](const std::string& variant) {
        const auto result = found.find(std::to_string(i) + ' ' + variant);
        return result == found.end() ? sim::Replications{}
                                     : result->second.value(conclusions_[n].value);
      });
  }
  return answers;
}

std::vector<Answer> Simulated::operator()(const std::vector<Places>& places) const {
  std::vector<Answer> answers;
  for (Answers& all : all_(places)) answers.push_back(std::move(all.front()));
  return answers;
}

}  // namespace influence
