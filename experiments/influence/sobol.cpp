// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/sobol.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/influence/any_below.h"
#include "experiments/influence/wording.h"
#include "experiments/text/text_table.h"
#include "sim/json_values.h"
#include "sim/random.h"
#include "sim/uniform.h"

namespace influence {
namespace {

constexpr std::size_t kResamples = 1000;
constexpr double kOutside = 0.025;  // on either side of an interval of 95 %

Places anywhere(std::size_t factors, sim::Draws& draws) {
  Places places(factors);
  for (std::optional<double>& place : places) place = sim::uniform(draws);
  return places;
}

/// The two places of a row, and the first with one factor after the other from the second.
void add_row(std::size_t factors, sim::Draws draws, std::vector<Places>& places) {
  const Places first = anywhere(factors, draws);
  const Places second = anywhere(factors, draws);
  places.insert(places.end(), {first, second});
  for (std::size_t i = 0; i < factors; ++i) {
    places.push_back(first);
    places.back()[i] = second[i];
  }
}

/// What a row adds to the three means that a factor's indices are made of.
struct RowTerms {
  double variance = 0;
  double first = 0;
  double total = 0;
};

RowTerms operator+(const RowTerms& a, const RowTerms& b) {
  return {a.variance + b.variance, a.first + b.first, a.total + b.total};
}

/// Of answers less their mean.
RowTerms terms_of(double first, double second, double mixed) {
  const double move = mixed - first;
  return {.variance = (first * first + second * second) / 2,
          .first = second * move,
          .total = move * move / 2};
}

double share(double part, double variance) {
  return variance > 0 ? part / variance : 0;
}

/// Of ascending shares.
Share with_interval(double value, const std::vector<double>& resampled) {
  const auto last = static_cast<double>(resampled.size() - 1);
  const auto at = [&](double rank) {
    return resampled[static_cast<std::size_t>(std::lround(rank * last))];
  };
  return {.value = value, .low = at(kOutside), .high = at(1 - kOutside)};
}

/// Efron's percentiles: as many rows, each drawn from all of them.
void estimate(const std::vector<RowTerms>& rows, const sim::Stream& stream, SobolIndices& indices) {
  indices.rows = rows.size();
  if (rows.empty()) return;
  std::vector<double> first;
  std::vector<double> total;
  for (std::size_t n = 0; n < kResamples; ++n) {
    sim::Draws draws = stream.at(n);
    RowTerms sum;
    for (std::size_t i = 0; i < rows.size(); ++i) sum = sum + rows[any_below(rows.size(), draws)];
    first.push_back(share(sum.first, sum.variance));
    total.push_back(share(sum.total, sum.variance));
  }
  std::ranges::sort(first);
  std::ranges::sort(total);
  RowTerms all;
  for (const RowTerms& row : rows) all = all + row;
  indices.first = with_interval(share(all.first, all.variance), first);
  indices.total = with_interval(share(all.total, all.variance), total);
}

/// The variance, by chance alone, of how far two answers lie apart.
std::optional<double> chance_between(const sim::Replications& a, const sim::Replications& b) {
  if (a.count() < 2 || a.count() != b.count()) return std::nullopt;
  const double deviation = sim::paired_difference(a, b).standard_deviation();
  return deviation * deviation / static_cast<double>(a.count());
}

/// The answers, row by row: the two places, then one for each factor.
class Rows {
 public:
  Rows(const std::vector<Answer>& answers, std::size_t factors)
      : answers_(answers), width_(factors + 2) {
    sim::Replications all;
    for (std::size_t row = 0; row < count(); ++row)
      if (at(row, 0) && at(row, 1))
        for (const std::size_t place : {0U, 1U}) all.add(2 * row + place, at(row, place)->mean());
    if (all.count() == 0) return;
    mean_ = all.mean();
    deviation_ = all.standard_deviation();
  }

  std::size_t count() const { return answers_.size() / width_; }
  double mean() const { return mean_; }
  double deviation() const { return deviation_; }

  std::vector<RowTerms> of(std::size_t factor) const {
    std::vector<RowTerms> rows;
    for (std::size_t row = 0; row < count(); ++row)
      if (is_whole(row, factor))
        rows.push_back(terms_of(centred(row, 0), centred(row, 1), centred(row, 2 + factor)));
    return rows;
  }

  std::optional<double> chance(std::size_t factor) const {
    double sum = 0;
    std::size_t known = 0;
    for (std::size_t row = 0; row < count(); ++row) {
      if (!is_whole(row, factor)) continue;
      const auto chance = chance_between(*at(row, 2 + factor), *at(row, 0));
      if (!chance) return std::nullopt;
      sum += *chance;
      ++known;
    }
    if (known == 0) return std::nullopt;
    return share(sum / static_cast<double>(known) / 2, deviation_ * deviation_);
  }

 private:
  const Answer& at(std::size_t row, std::size_t place) const {
    return answers_[row * width_ + place];
  }
  double centred(std::size_t row, std::size_t place) const {
    return at(row, place)->mean() - mean_;
  }
  bool is_whole(std::size_t row, std::size_t factor) const {
    return at(row, 0) && at(row, 1) && at(row, 2 + factor);
  }

  const std::vector<Answer>& answers_;
  std::size_t width_;
  double mean_ = 0;
  double deviation_ = 0;
};

std::string share_text(const Share& share) {
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", share.value, share.low, share.high);
}

experiments::TextTable table_of(const Decomposition& found, std::size_t most) {
  experiments::TextTable table(
      {"parameter", "tag", "range", "first order", "total", "chance", "rows"});
  const std::size_t shown = std::min(most, found.indices.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const SobolIndices& s = found.indices[i];
    table.add({s.factor.path, std::string(1, s.factor.tag), range_text(s.factor),
               share_text(s.first), share_text(s.total),
               s.chance ? fmt::format("{:.3f}", *s.chance) : "-", std::to_string(s.rows)});
  }
  return table;
}

std::string head_of(const Decomposition& found, const Conclusion& conclusion) {
  return fmt::format(
      "{}: mean {}, standard deviation {}; the share of each of {} parameters in the variance, "
      "from "
      "{} rows, {} places:\n\n",
      conclusion.text(), number_text(found.mean), number_text(found.deviation),
      found.indices.size(), found.rows, found.places);
}

}  // namespace

Decomposition decompose(const std::vector<Factor>& factors, const Model& model, std::size_t rows,
                        std::uint64_t seed) {
  const sim::Stream stream(seed, "sobol");
  std::vector<Places> places;
  for (std::size_t row = 0; row < rows; ++row) add_row(factors.size(), stream.at(row), places);
  const std::vector<Answer> answers = model(places);
  const Rows found(answers, factors.size());

  Decomposition all{.rows = rows,
                    .places = places.size(),
                    .mean = found.mean(),
                    .deviation = found.deviation(),
                    .indices = {}};
  const sim::Stream resampling(seed, "sobol rows");
  for (std::size_t i = 0; i < factors.size(); ++i) {
    SobolIndices& indices = all.indices.emplace_back(
        SobolIndices{.factor = factors[i], .first = {}, .total = {}, .chance = found.chance(i)});
    estimate(found.of(i), resampling, indices);
  }
  std::ranges::stable_sort(all.indices, std::greater<>{},
                           [](const SobolIndices& s) { return s.total.value; });
  return all;
}

std::string as_text(const Decomposition& found, const Conclusion& conclusion, std::size_t most) {
  return head_of(found, conclusion) + table_of(found, most).aligned() +
         rest_of(found.indices.size(), most);
}

std::string as_markdown(const Decomposition& found, const Conclusion& conclusion,
                        std::size_t most) {
  return head_of(found, conclusion) + table_of(found, most).markdown() +
         rest_of(found.indices.size(), most);
}

std::string as_json(const Decomposition& found, const Conclusion& conclusion) {
  auto all = sim::Json::array();
  for (const SobolIndices& s : found.indices)
    all.push_back(json_of(s.factor, {{"value", conclusion.text()},
                                     {"first", s.first.value},
                                     {"first_low", s.first.low},
                                     {"first_high", s.first.high},
                                     {"total", s.total.value},
                                     {"total_low", s.total.low},
                                     {"total_high", s.total.high},
                                     {"chance", sim::or_null(s.chance)},
                                     {"rows", s.rows}}));
  return all.dump(2) + '\n';
}

}  // namespace influence
