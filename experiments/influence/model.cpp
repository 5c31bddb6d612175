// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/model.h"

#include <map>
#include <set>

#include "sim/config_error.h"
#include "sim/wording.h"

namespace influence {
namespace {

using experiments::Point;
using experiments::PointResult;

/// The points to run for some places. Places that lead to the same experiment share its runs.
class Asked {
 public:
  /// Of one place: none, where there is no such machine.
  void add(const std::vector<Point>& variants) {
    Keys keys;
    for (const Point& point : variants) {
      keys[point.variant] = point.key;
      if (seen_.insert(point.key).second) points_.push_back(point);
    }
    keys_.push_back(std::move(keys));
  }

  void run(const experiments::RunnerOptions& runner) {
    for (PointResult& result : experiments::run_points(points_, runner)) {
      const std::string key = result.point.key;
      found_[key] = std::move(result);
    }
  }

  /// Throws if no run found such a value, though some found others.
  void require(const std::string& name) const {
    std::set<std::string> others;
    for (const auto& [key, result] : found_)
      for (const experiments::RunResult& run : result.runs)
        for (const auto& [known, value] : run.values) others.insert(known);
    if (others.empty() || others.contains(name)) return;
    throw sim::ConfigError("", "the experiment finds no value " + sim::in_quotes(name),
                           sim::suggestion(name, {others.begin(), others.end()}));
  }

  bool has_machine(std::size_t place) const { return !keys_[place].empty(); }
  /// None when a run failed, or was not begun.
  sim::Replications value(std::size_t place, const std::string& variant,
                          const std::string& name) const {
    const PointResult* result = result_of(place, variant);
    return result == nullptr ? sim::Replications{} : result->value(name);
  }
  bool overloaded(std::size_t place, const std::string& variant) const {
    const PointResult* result = result_of(place, variant);
    return result != nullptr && result->unstable();
  }

 private:
  const PointResult* result_of(std::size_t place, const std::string& variant) const {
    const auto result = found_.find(keys_[place].at(variant));
    return result == found_.end() ? nullptr : &result->second;
  }

  using Keys = std::map<std::string, std::string>;  // by variant

  std::vector<Keys> keys_;  // of each place
  std::vector<Point> points_;
  std::set<std::string> seen_;
  std::map<std::string, PointResult> found_;  // by key
};

}  // namespace

Model without_overload(const Model& model, std::size_t factors, std::size_t& left_out) {
  if (model({Places(factors)}).front().overloaded) return model;
  return [model, &left_out](const std::vector<Places>& places) {
    std::vector<Answer> answers = model(places);
    for (Answer& answer : answers) {
      if (!answer.overloaded) continue;
      answer.values.reset();
      ++left_out;
    }
    return answers;
  };
}

/// None where there is no such machine.
std::vector<Point> JointlySimulated::variants_at(const Places& places,
                                                 std::optional<int> replications) const try {
  std::vector<Point> variants = points_;
  for (Point& point : variants) {
    point.precision.reset();
    if (replications) point.params.run.replications = *replications;
    for (std::size_t i = 0; i < factors_.size(); ++i)
      if (places[i])
        point.swept.emplace_back(factors_[i].path, set(point.params, factors_[i], *places[i]));
    experiments::check(point.params);
    experiments::resolve(point);
  }
  return variants;
} catch (const sim::ConfigError&) {
  return {};
}

std::vector<Answers> JointlySimulated::operator()(const std::vector<Places>& places,
                                                  std::optional<int> replications) const {
  Asked asked;
  for (const Places& some : places) asked.add(variants_at(some, replications));
  asked.run(runner_);
  for (const Conclusion& conclusion : conclusions_) asked.require(conclusion.value);

  std::vector<Answers> answers(places.size(), Answers(conclusions_.size()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!asked.has_machine(i)) continue;
    for (std::size_t n = 0; n < conclusions_.size(); ++n) {
      bool overloaded = false;
      Answer& answer = answers[i][n];
      answer = evaluate(conclusions_[n], [&](const std::string& variant) {
        overloaded = overloaded || asked.overloaded(i, variant);
        return asked.value(i, variant, conclusions_[n].value);
      });
      answer.overloaded = overloaded;
      answer.failed = !answer;
    }
  }
  return answers;
}

std::vector<Answer> Simulated::operator()(const std::vector<Places>& places) const {
  std::vector<Answer> answers;
  for (Answers& all : all_(places)) answers.push_back(std::move(all.front()));
  return answers;
}

}  // namespace influence
