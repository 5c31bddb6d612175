// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/morris.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/influence/any_below.h"
#include "experiments/influence/wording.h"
#include "experiments/text/text_table.h"
#include "sim/json_values.h"
#include "sim/random.h"

namespace influence {
namespace {

constexpr int kLevels = 4;
// Half of the levels: then every level is as often an end of a step as any other.
constexpr double kStep = 0.5;

/// The middle of a quarter. At the ends of their ranges numbers stand for something else, such as 0
/// for as many credits as one likes, and do not go together.
double level(std::size_t number) {
  return (static_cast<double>(number) + 0.5) / kLevels;
}

struct Trajectory {
  std::vector<std::size_t> order;  // of the factors that are moved
  std::vector<Places> places;      // one more
};

std::vector<std::size_t> shuffled(std::size_t n, sim::Draws& draws) {
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[any_below(i, draws)]);
  return order;
}

Trajectory draw(std::size_t factors, sim::Draws draws) {
  Trajectory t{.order = shuffled(factors, draws), .places = {Places(factors)}};
  for (std::optional<double>& place : t.places.front()) place = level(any_below(kLevels, draws));
  for (const std::size_t moved : t.order) {
    Places next = t.places.back();
    // Of the four levels only one direction stays in the range.
    next[moved] = *next[moved] < 0.5 ? *next[moved] + kStep : *next[moved] - kStep;
    t.places.push_back(next);
  }
  return t;
}

/// The elementary effects of each factor.
using Effects = std::vector<sim::Replications>;

void note(Effects& effects, const Trajectory& t, std::uint64_t number, const Answer* answers) {
  for (std::size_t i = 0; i < t.order.size(); ++i) {
    if (!answers[i] || !answers[i + 1]) continue;
    const std::size_t moved = t.order[i];
    const double step = *t.places[i + 1][moved] - *t.places[i][moved];
    effects[moved].add(number, (answers[i + 1]->mean() - answers[i]->mean()) / step);
  }
}

Elementary summary(const Factor& factor, const sim::Replications& effects) {
  Elementary e{.factor = factor, .mean_size = {}, .effects = effects.count()};
  if (effects.count() == 0) return e;
  sim::Replications sizes;
  for (const auto& [number, effect] : effects.values()) sizes.add(number, std::abs(effect));
  e.mean_size = sizes.estimate();
  e.mean = effects.mean();
  if (effects.count() >= 2) e.deviation = effects.standard_deviation();
  return e;
}

experiments::TextTable table_of(const Screening& screening, std::size_t most) {
  experiments::TextTable table({"parameter", "tag", "range", "mu*", "mu", "sigma", "effects"});
  const std::size_t shown = std::min(most, screening.elementary.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Elementary& e = screening.elementary[i];
    table.add({e.factor.path, std::string(1, e.factor.tag), range_text(e.factor),
               text_of(e.mean_size), number_text(e.mean), number_text(e.deviation),
               std::to_string(e.effects)});
  }
  return table;
}

std::string head_of(const Screening& screening, const Conclusion& conclusion) {
  return fmt::format(
      "{}: elementary effects of {} parameters in {} trajectories, {} places; each for a whole "
      "range:\n\n",
      conclusion.text(), screening.elementary.size(), screening.trajectories, screening.places);
}

}  // namespace

Screening screen(const std::vector<Factor>& factors, const Model& model, int trajectories,
                 std::uint64_t seed) {
  const sim::Stream stream(seed, "morris");
  std::vector<Trajectory> drawn;
  std::vector<Places> places;
  for (int r = 0; r < trajectories; ++r) {
    drawn.push_back(draw(factors.size(), stream.at(static_cast<std::uint64_t>(r))));
    places.insert(places.end(), drawn.back().places.begin(), drawn.back().places.end());
  }
  const std::vector<Answer> answers = model(places);
  Effects effects(factors.size());
  for (std::size_t r = 0; r < drawn.size(); ++r)
    note(effects, drawn[r], r, answers.data() + r * (factors.size() + 1));

  Screening screening{.trajectories = trajectories, .places = places.size(), .elementary = {}};
  for (std::size_t i = 0; i < factors.size(); ++i)
    screening.elementary.push_back(summary(factors[i], effects[i]));
  std::ranges::stable_sort(screening.elementary, std::greater<>{},
                           [](const Elementary& e) { return e.mean_size.mean; });
  return screening;
}

std::vector<Factor> highest(const Screening& screening, std::size_t most) {
  std::vector<Factor> factors;
  for (const Elementary& e : screening.elementary)
    if (factors.size() < most) factors.push_back(e.factor);
  return factors;
}

std::string as_text(const Screening& screening, const Conclusion& conclusion, std::size_t most) {
  return head_of(screening, conclusion) + table_of(screening, most).aligned() +
         rest_of(screening.elementary.size(), most);
}

std::string as_markdown(const Screening& screening, const Conclusion& conclusion,
                        std::size_t most) {
  return head_of(screening, conclusion) + table_of(screening, most).markdown() +
         rest_of(screening.elementary.size(), most);
}

std::string as_json(const Screening& screening, const Conclusion& conclusion) {
  auto all = sim::Json::array();
  for (const Elementary& e : screening.elementary)
    all.push_back(json_of(e.factor, {{"value", conclusion.text()},
                                     {"mu_star", e.mean_size.mean},
                                     {"half_width", sim::finite_or_null(e.mean_size.half_width)},
                                     {"mu", e.mean},
                                     {"sigma", e.deviation},
                                     {"effects", e.effects}}));
  return all.dump(2) + '\n';
}

}  // namespace influence
