// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>

#include "experiments/report/assets.h"
#include "experiments/report/axis.h"
#include "experiments/report/coordinates.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"

// The parts that show numbers as they are, and what they hang on.

namespace report {
namespace {

using Names = std::vector<std::string>;
using experiments::Effect;

constexpr std::size_t kMostPoints = 200;  // in a table that somebody reads
constexpr std::size_t kMostSwings = 8;    // of one ratio

std::string reading_text(const Record& record, const std::string& name) {
  const auto value = record.value(name);
  return value ? number_text(value->value, value->half_width) : "–";
}

/// A line for each value and a column for each point, or the other way about: what is more goes
/// down.
std::string values_table(const Records& records) {
  Names heading{"point"};
  for (const std::string& name : values_of(records)) heading.push_back(label_of_value(name));
  std::vector<Line> lines;
  for (const Record& record : records) {
    Line& line = lines.emplace_back(Line{{escaped(name_of(record))}});
    for (const std::string& name : values_of(records))
      line.push_back({escaped(reading_text(record, name)), "number"});
  }
  return table(heading, lines);
}

TornadoChart tornado_of(const std::string& ratio, const std::vector<Effect>& effects) {
  TornadoChart chart{.caption = {ratio,
                                 "How far each assumption moves it, from one end of its "
                                 "range to the other; the same as a table below."},
                     .unit = ratio,
                     .swings = {}};
  std::vector<Effect> own;
  std::ranges::copy_if(effects, std::back_inserter(own),
                       [&](const Effect& e) { return e.ratio == ratio; });
  std::ranges::stable_sort(own, std::greater{}, &Effect::size);
  for (const Effect& effect : own) {
    chart.at_default = effect.at_default;
    if (chart.swings.size() == kMostSwings) continue;
    chart.swings.push_back({.name = fmt::format("{} [{}]", effect.path, effect.tag),
                            .low_text = effect.low,
                            .high_text = effect.high,
                            .at_low = effect.low_overloaded ? std::nullopt : effect.at_low,
                            .at_high = effect.high_overloaded ? std::nullopt : effect.at_high,
                            .low_overloaded = effect.low_overloaded,
                            .high_overloaded = effect.high_overloaded});
  }
  return chart;
}

BarChart shares_in(const std::string& value, const std::vector<VarianceShares>& shares) {
  BarChart chart{
      .caption = {value,
                  "Each parameter's share of the variance: alone, and below that with all that it "
                  "does together with others; the same as a table below."},
      .unit = "of the variance",
      .bars = {}};
  for (const VarianceShares& s : shares) {
    if (s.value != value || chart.bars.size() == 2 * kMostSwings) continue;
    chart.bars.push_back({fmt::format("{} [{}]", s.path, s.tag), s.first, {}});
    chart.bars.push_back({"with its interactions", s.total, {}});
  }
  return chart;
}

std::string paragraph(const std::string& text) {
  return element("p", text, "class=\"dim\"");
}

std::string in_a_row(const std::string& drawings) {
  return element("div", drawings, "class=\"charts\"") + '\n';
}

std::string tornados(const std::vector<Effect>& effects) {
  std::string drawings;
  for (const std::string& ratio : different(effects, &Effect::ratio))
    drawings += figure(tornado_of(ratio, effects));
  if (drawings.empty()) return {};
  return paragraph(
             "Each assumed (A) or recalled (R) parameter alone is moved to the two ends of its "
             "range; the line is where the defaults lead. The longest bars carry the result.") +
         in_a_row(drawings);
}

std::string all_shares(const std::vector<VarianceShares>& shares) {
  std::string drawings;
  for (const std::string& value : different(shares, &VarianceShares::value))
    drawings += figure(shares_in(value, shares));
  if (drawings.empty()) return {};
  return paragraph(
             "All of these parameters at once lie anywhere in their ranges (Sobol's indices). One "
             "whose two bars differ acts together with others.") +
         in_a_row(drawings);
}

}  // namespace

std::string every_value(const Findings& f) {
  std::string parts;
  for (const std::string& source : sources_of(f.records)) {
    Records records = from_source(f.records, source);
    std::erase_if(records, [](const Record& record) { return !record.error.empty(); });
    if (records.empty()) continue;
    const std::size_t all = records.size();
    if (all > kMostPoints) records.resize(kMostPoints);
    const std::string summary =
        fmt::format("{}: {}{}", source, points_text(all),
                    all > kMostPoints ? fmt::format(", the first {} shown", kMostPoints) : "");
    parts += element("details", element("summary", escaped(summary)) + values_table(records),
                     f.records.size() == 1 ? "open" : "") +
             '\n';
  }
  return parts;
}

std::string sensitivities(const Findings& f) {
  return tornados(f.effects) + all_shares(f.shares);
}

std::string licences() {
  return element("p", "Made by wavesim, Apache-2.0. Its curves are drawn by uPlot, MIT.",
                 "class=\"dim\"") +
         folded("Licence of uPlot", std::string(kUplotLicence));
}

}  // namespace report
