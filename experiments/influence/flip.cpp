// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/flip.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <span>

#include "experiments/influence/wording.h"
#include "experiments/text/text_table.h"
#include "sim/config_error.h"

namespace influence {
namespace {

/// A margin that was looked at.
struct Look {
  double place = 0;
  sim::Estimate margin;

  bool holds() const { return margin.mean > 0; }
  double half_width() const { return std::isfinite(margin.half_width) ? margin.half_width : 0; }
  bool sure() const { return std::abs(margin.mean) > half_width(); }
};

/// The search along one factor: looks, then halves.
class Search {
 public:
  Search(const Factor& factor, const Look& at_default, const FlipOptions& options)
      : factor_(factor), looks_{at_default} {
    looks_.front().place = factor.place_of(factor.at_default);
    for (int i = 0; i <= options.intervals; ++i)
      first_.push_back(static_cast<double>(i) / options.intervals);
    if (options.beyond > 1) look_beyond(options);
    std::erase(first_, looks_.front().place);
  }

  const std::vector<double>& first_places() const { return first_; }
  void note(double place, const Answer& answer) {
    if (!answer) {
      ++impossible_;
      return;
    }
    looks_.push_back({.place = place, .margin = answer->estimate()});
    std::ranges::sort(looks_, {}, &Look::place);
  }
  /// Finds the interval to halve: the nearest to the default of those in which the sign changes,
  /// one in the range before one beyond it.
  void choose();
  std::optional<double> middle() const {
    return found_ ? std::optional((below_.place + above_.place) / 2) : std::nullopt;
  }
  void halve(const Answer& answer);
  Flip result() const;

 private:
  void look_beyond(const FlipOptions& options) {
    const double low = factor_.place_of(factor_.low / options.beyond);
    const double high = factor_.place_of(factor_.high * options.beyond);
    for (int i = 1; i <= options.intervals; ++i) {
      const double share = static_cast<double>(i) / options.intervals;
      if (std::isfinite(low)) first_.push_back(low * share);
      if (std::isfinite(high)) first_.push_back(1 + (high - 1) * share);
    }
  }
  double distance(const Look& below, const Look& above) const {
    const double from = factor_.place_of(factor_.at_default);
    const double away = std::abs((below.place + above.place) / 2 - from);
    const bool beyond = below.place < 0 || above.place > 1;
    return beyond ? 1e9 + away : away;
  }

  const Factor& factor_;
  std::vector<Look> looks_;  // by place
  std::vector<double> first_;
  std::size_t impossible_ = 0;
  bool found_ = false;
  Look below_;
  Look above_;
  // As they were found, before halving: far enough apart for a slope.
  Look first_below_;
  Look first_above_;
};

void Search::choose() {
  double nearest = 0;
  for (std::size_t i = 0; i + 1 < looks_.size(); ++i) {
    if (looks_[i].holds() == looks_[i + 1].holds()) continue;
    const double away = distance(looks_[i], looks_[i + 1]);
    if (found_ && away >= nearest) continue;
    found_ = true;
    nearest = away;
    below_ = first_below_ = looks_[i];
    above_ = first_above_ = looks_[i + 1];
  }
}

void Search::halve(const Answer& answer) {
  if (!answer) {
    ++impossible_;
    return;
  }
  const Look look{.place = *middle(), .margin = answer->estimate()};
  (look.holds() == below_.holds() ? below_ : above_) = look;
}

Flip Search::result() const {
  Flip flip{.factor = factor_};
  flip.searched_low = looks_.front().place;
  flip.searched_high = looks_.back().place;
  flip.impossible = impossible_;
  flip.least_margin = std::ranges::min(looks_, {}, [](const Look& look) {
                        return std::abs(look.margin.mean);
                      }).margin.mean;
  if (!found_) return flip;
  flip.place = *middle();
  flip.width = above_.place - below_.place;
  flip.kind = 0 <= flip.place && flip.place <= 1 ? Flip::Kind::kInRange : Flip::Kind::kBeyond;
  const double slope = std::abs(first_above_.margin.mean - first_below_.margin.mean) /
                       (first_above_.place - first_below_.place);
  flip.blur = std::max(below_.half_width(), above_.half_width()) / slope;
  flip.unsure = !first_below_.sure() || !first_above_.sure();
  return flip;
}

/// One step of all searches at once, so that their runs go side by side.
class Searches {
 public:
  Searches(const std::vector<Factor>& factors, const Model& model, const FlipOptions& options)
      : factors_(factors), model_(model) {
    const Answer at_default = model({1, Places(factors.size())}).front();
    if (!at_default)
      throw sim::ConfigError("", "the experiment finds no such value",
                             "see wavesim run for those that it has");
    at_default_ = at_default->estimate();
    for (const Factor& factor : factors)
      searches_.emplace_back(factor, Look{.place = 0, .margin = at_default_}, options);
  }

  void look() {
    std::vector<std::pair<std::size_t, double>> wanted;
    for (std::size_t i = 0; i < searches_.size(); ++i)
      for (const double place : searches_[i].first_places()) wanted.emplace_back(i, place);
    const std::vector<Answer> answers = ask(wanted);
    for (std::size_t n = 0; n < wanted.size(); ++n)
      searches_[wanted[n].first].note(wanted[n].second, answers[n]);
    for (Search& search : searches_) search.choose();
  }

  void halve() {
    std::vector<std::pair<std::size_t, double>> wanted;
    for (std::size_t i = 0; i < searches_.size(); ++i)
      if (const auto middle = searches_[i].middle()) wanted.emplace_back(i, *middle);
    const std::vector<Answer> answers = ask(wanted);
    for (std::size_t n = 0; n < wanted.size(); ++n) searches_[wanted[n].first].halve(answers[n]);
  }

  Flips result() const {
    Flips all{.at_default = at_default_, .flips = {}};
    for (const Search& search : searches_) all.flips.push_back(search.result());
    return all;
  }

 private:
  std::vector<Answer> ask(const std::vector<std::pair<std::size_t, double>>& wanted) const {
    std::vector<Places> places;
    for (const auto& [factor, place] : wanted) places.emplace_back(factors_.size())[factor] = place;
    return places.empty() ? std::vector<Answer>{} : model_(places);
  }

  const std::vector<Factor>& factors_;
  const Model& model_;
  sim::Estimate at_default_;
  std::vector<Search> searches_;
};

int rank_of(Flip::Kind kind) {
  return kind == Flip::Kind::kInRange ? 0 : kind == Flip::Kind::kBeyond ? 1 : 2;
}

std::pair<int, double> order_of(const Flip& flip) {
  const double away = std::abs(flip.place - flip.factor.place_of(flip.factor.at_default));
  return {rank_of(flip.kind), flip.kind == Flip::Kind::kNowhere ? 0 : away};
}

// Wording

std::string where_of(const Flip& flip, const experiments::Point& point) {
  const auto text = [&](double place) { return text_at(point, flip.factor, place); };
  if (flip.kind == Flip::Kind::kNowhere)
    return fmt::format("nowhere in [{}, {}]", text(flip.searched_low), text(flip.searched_high));
  return text(flip.place) + (flip.kind == Flip::Kind::kBeyond ? ", beyond its range" : "");
}

/// The values between which it lies, what chance may do included.
std::string between(const Flip& flip, const experiments::Point& point) {
  if (flip.kind == Flip::Kind::kNowhere) return "-";
  const double off = flip.width / 2 + flip.blur;
  if (flip.unsure) return "noise is as large as the effect";
  return text_at(point, flip.factor, flip.place - off) + " .. " +
         text_at(point, flip.factor, flip.place + off);
}

experiments::TextTable table_of(const Flips& flips, const experiments::Point& point,
                                std::size_t most) {
  experiments::TextTable table(
      {"parameter", "tag", "range", "default", "flips at", "between", "least margin"});
  for (const Flip& flip : std::span(flips.flips).first(std::min(most, flips.flips.size())))
    table.add({flip.factor.path, std::string(1, flip.factor.tag), range_text(flip.factor),
               flip.factor.default_text, where_of(flip, point), between(flip, point),
               number_text(flip.least_margin)});
  return table;
}

std::string head_of(const Flips& flips, const Conclusion& claim) {
  const sim::Estimate& margin = flips.at_default;
  const bool sure =
      std::abs(margin.mean) > (std::isfinite(margin.half_width) ? margin.half_width : 0);
  std::string head = fmt::format("{}: {} by {}", claim.text(),
                                 margin.mean > 0 ? "holds" : "does not hold", text_of(margin));
  if (margin.n < 2) head += "; one replication: nothing says what chance does";
  if (!sure) head += "; noise is as large as that";
  const auto found = std::ranges::count_if(
      flips.flips, [](const Flip& flip) { return flip.kind == Flip::Kind::kInRange; });
  return head + fmt::format(".\nIt flips within the range of {} of {} parameters, each alone:\n\n",
                            found, flips.flips.size());
}

const char* name_of(Flip::Kind kind) {
  switch (kind) {
    case Flip::Kind::kInRange:
      return "in range";
    case Flip::Kind::kBeyond:
      return "beyond range";
    case Flip::Kind::kNowhere:
      return "nowhere";
  }
  return "";
}

}  // namespace

Flips find_flips(const std::vector<Factor>& factors, const Model& model,
                 const FlipOptions& options) {
  Searches searches(factors, model, options);
  searches.look();
  for (int i = 0; i < options.halvings; ++i) searches.halve();
  Flips all = searches.result();
  std::ranges::stable_sort(all.flips, {}, order_of);
  return all;
}

std::string as_text(const Flips& flips, const Conclusion& claim, const experiments::Point& point,
                    std::size_t most) {
  return head_of(flips, claim) + table_of(flips, point, most).aligned() +
         rest_of(flips.flips.size(), most);
}

std::string as_markdown(const Flips& flips, const Conclusion& claim,
                        const experiments::Point& point, std::size_t most) {
  return head_of(flips, claim) + table_of(flips, point, most).markdown() +
         rest_of(flips.flips.size(), most);
}

std::string as_json(const Flips& flips, const Conclusion& claim, const experiments::Point& point) {
  auto all = sim::Json::array();
  for (const Flip& flip : flips.flips) {
    const bool found = flip.kind != Flip::Kind::kNowhere;
    const auto text = [&](double place) { return text_at(point, flip.factor, place); };
    all.push_back(
        json_of(flip.factor, {{"default", flip.factor.default_text},
                              {"claim", claim.text()},
                              {"margin", flips.at_default.mean},
                              {"flips", name_of(flip.kind)},
                              {"at", found ? sim::Json(text(flip.place)) : sim::Json()},
                              {"searched", {text(flip.searched_low), text(flip.searched_high)}},
                              {"between", between(flip, point)},
                              {"unsure", flip.unsure},
                              {"least_margin", flip.least_margin},
                              {"impossible", flip.impossible}}));
  }
  return all.dump(2) + '\n';
}

}  // namespace influence
