// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/tornado.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/influence/wording.h"
#include "experiments/text/text_table.h"
#include "sim/config_error.h"

namespace influence {
namespace {

std::optional<sim::Estimate> estimate_of(const Answer& answer) {
  return answer ? std::optional(answer->estimate()) : std::nullopt;
}

void note_move(Bar& bar, const Answer& to, const sim::Replications& from) {
  if (!to) return;
  const sim::Replications moves = sim::paired_difference(*to, from);
  if (moves.count() == 0) return;
  const sim::Estimate move = moves.estimate();
  if (std::abs(move.mean) < bar.size) return;
  bar.size = std::abs(move.mean);
  bar.half_width = std::isfinite(move.half_width) ? move.half_width : 0;
}

/// `most`: of how many runs the values that are compared come at most.
std::string end_text(const std::optional<sim::Estimate>& found, bool overloaded, std::size_t most) {
  if (overloaded) return "overloaded";
  if (!found || found->n >= most) return text_of(found);
  return fmt::format("{} ({} of {} runs)", text_of(found), found->n, most);
}

std::size_t most_runs(const Tornado& tornado) {
  std::size_t most = tornado.at_default.n;
  for (const Bar& bar : tornado.bars)
    for (const auto& end : {bar.at_low, bar.at_high})
      if (end) most = std::max(most, end->n);
  return most;
}

std::string size_text(const Bar& bar) {
  if (bar.low_overloaded && bar.high_overloaded) return "-";
  return number_text(bar.size) + (bar.is_noise() ? ", noise" : "");
}

experiments::TextTable table_of(const Tornado& tornado, std::size_t most) {
  experiments::TextTable table(
      {"parameter", "tag", "range", "default", "at low", "at high", "moves by"});
  const std::size_t shown = std::min(most, tornado.bars.size());
  const std::size_t runs = most_runs(tornado);
  for (std::size_t i = 0; i < shown; ++i) {
    const Bar& bar = tornado.bars[i];
    table.add({bar.factor.path, std::string(1, bar.factor.tag), range_text(bar.factor),
               bar.factor.default_text, end_text(bar.at_low, bar.low_overloaded, runs),
               end_text(bar.at_high, bar.high_overloaded, runs), size_text(bar)});
  }
  return table;
}

std::string head_of(const Tornado& tornado, const Conclusion& conclusion) {
  return fmt::format("{}: {}{}; each parameter alone over its range:\n\n", conclusion.text(),
                     end_text(tornado.at_default, false, most_runs(tornado)),
                     tornado.overloaded ? ", where the system does not keep up" : "");
}

}  // namespace

Tornado tornado(const std::vector<Factor>& factors, const Model& model) {
  std::vector<Places> places(1 + 2 * factors.size(), Places(factors.size()));
  for (std::size_t i = 0; i < factors.size(); ++i) {
    places[1 + 2 * i][i] = 0;
    places[2 + 2 * i][i] = 1;
  }
  const std::vector<Answer> answers = model(places);
  if (!answers.front())
    throw sim::ConfigError("", "the experiment finds no such value",
                           "see wavesim run for those that it has");
  Tornado all{.at_default = answers.front()->estimate(),
              .overloaded = answers.front().overloaded,
              .bars = {}};
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const Answer& low = answers[1 + 2 * i];
    const Answer& high = answers[2 + 2 * i];
    Bar& bar = all.bars.emplace_back(Bar{.factor = factors[i],
                                         .at_low = estimate_of(low),
                                         .at_high = estimate_of(high),
                                         .low_overloaded = low.overloaded && !all.overloaded,
                                         .high_overloaded = high.overloaded && !all.overloaded});
    if (!bar.low_overloaded) note_move(bar, low, *answers.front());
    if (!bar.high_overloaded) note_move(bar, high, *answers.front());
  }
  std::ranges::stable_sort(all.bars, std::greater<>{}, [](const Bar& bar) {
    return std::pair(bar.low_overloaded || bar.high_overloaded, bar.size);
  });
  return all;
}

std::string as_text(const Tornado& tornado, const Conclusion& conclusion, std::size_t most) {
  return head_of(tornado, conclusion) + table_of(tornado, most).aligned() +
         rest_of(tornado.bars.size(), most);
}

std::string as_markdown(const Tornado& tornado, const Conclusion& conclusion, std::size_t most) {
  return head_of(tornado, conclusion) + table_of(tornado, most).markdown() +
         rest_of(tornado.bars.size(), most);
}

std::string as_json(const Tornado& tornado, const Conclusion& conclusion) {
  auto all = sim::Json::array();
  for (const Bar& bar : tornado.bars)
    all.push_back(
        json_of(bar.factor, {{"default", bar.factor.default_text},
                             {"ratio", conclusion.text()},
                             {"at_default", tornado.at_default.mean},
                             {"default_overloaded", tornado.overloaded},
                             {"at_low", bar.at_low ? sim::Json(bar.at_low->mean) : sim::Json()},
                             {"at_high", bar.at_high ? sim::Json(bar.at_high->mean) : sim::Json()},
                             {"low_overloaded", bar.low_overloaded},
                             {"high_overloaded", bar.high_overloaded},
                             {"size", bar.size},
                             {"half_width", bar.half_width},
                             {"noise", bar.is_noise()}}));
  return all.dump(2) + '\n';
}

}  // namespace influence
