// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/calibration/calibrate.h"
#include "experiments/text/text_table.h"
#include "sim/json.h"

namespace calibration {
namespace {

using Eigen::Index;
using experiments::TextTable;

std::string number_text(double x) {
  return fmt::format("{:.5g}", x);
}

TextTable values_table(const Calibration& c) {
  TextTable table({"value", "measured", "error", "before", "fitted", "residual"});
  for (std::size_t i = 0; i < c.numbers.size(); ++i)
    table.add({c.numbers[i].value, number_text(c.numbers[i].measured),
               number_text(c.numbers[i].error), number_text(c.before[i]), number_text(c.after[i]),
               fmt::format("{:+.2f}", c.fit.residuals[static_cast<Index>(i)])});
  return table;
}

std::string partners_of(const Calibration& c, const Identified& found) {
  std::string names;
  for (const Index i : found.trades_with)
    names += (names.empty() ? "" : ", ") + c.factors[static_cast<std::size_t>(i)].path;
  return names;
}

std::string verdict_of(const Calibration& c, std::size_t i) {
  const Identified& found = c.identification.parameters[i];
  switch (found.verdict) {
    case Verdict::kIdentified:
      return "identified";
    case Verdict::kNoEffect:
      return "NOT IDENTIFIED: moves no measurement";
    case Verdict::kAtBound:
      return c.fit.x[static_cast<Index>(i)] <= 0 ? "AT ITS LOWER BOUND" : "AT ITS UPPER BOUND";
    case Verdict::kNotAlone:
      return "NOT IDENTIFIED: " + (found.trades_with.empty()
                                       ? "interval wider than its range"
                                       : "trades off with " + partners_of(c, found));
  }
  return {};
}

/// To first order, in the parameter's own unit, cut at its range.
std::string interval_of(const Calibration& c, std::size_t i) {
  const Identified& found = c.identification.parameters[i];
  if (found.verdict == Verdict::kNoEffect || found.verdict == Verdict::kNotAlone) return "-";
  const double x = c.fit.x[static_cast<Index>(i)];
  experiments::Point point;
  return influence::text_at(point, c.factors[i], std::max(0.0, x - found.half_width)) + " .. " +
         influence::text_at(point, c.factors[i], std::min(1.0, x + found.half_width));
}

TextTable parameters_table(const Calibration& c) {
  TextTable table({"parameter", "tag", "range", "before", "fitted", "95 % interval", "verdict"});
  for (std::size_t i = 0; i < c.factors.size(); ++i) {
    const influence::Factor& factor = c.factors[i];
    table.add({factor.path, std::string(1, factor.tag), factor.low_text + " .. " + factor.high_text,
               factor.default_text, c.fitted[i], interval_of(c, i), verdict_of(c, i)});
  }
  return table;
}

std::string summary_of(const Calibration& c) {
  const Index freedom = c.fit.residuals.size() - c.identification.seen;
  std::string text = fmt::format(
      "chi squared {:.3g} of {} measurements less {} seen directions of {} parameters; {} after {} "
      "steps\n",
      c.fit.chi_squared(), c.fit.residuals.size(), c.identification.seen, c.factors.size(),
      c.fit.converged ? "converged" : "NOT CONVERGED", c.fit.steps);
  if (freedom > 0 && c.fit.chi_squared() > static_cast<double>(freedom))
    text += "The fit is worse than the errors allow; intervals are widened accordingly.\n";
  text += "Singular values, in errors for a range:";
  for (const double s : c.identification.singular_values) text += ' ' + fmt::format("{:.3g}", s);
  text += '\n';
  if (c.discrete.empty()) return text;
  text += "Of too few values to be fitted:";
  for (const std::string& path : c.discrete) text += ' ' + path;
  return text + '\n';
}

/// Numbers stand bare in JSON, quantities in quotes.
sim::Json json_of(const std::string& text) {
  return text.find(' ') == std::string::npos ? sim::Json::parse(text) : sim::Json(text);
}

}  // namespace

std::string as_text(const Calibration& c) {
  return values_table(c).aligned() + '\n' + parameters_table(c).aligned() + '\n' + summary_of(c);
}

std::string as_markdown(const Calibration& c) {
  return values_table(c).markdown() + '\n' + parameters_table(c).markdown() + '\n' + summary_of(c);
}

std::string as_machine(const Calibration& c, const sim::Document& measurements) {
  sim::Document machine =
      sim::Document::parse(R"({"about": "", "machine": {}})", measurements.file());
  machine.set({"about"}, "fitted by wavesim calibrate to " + measurements.file(), {});
  if (const auto given = measurements.find("machine")) machine.set({"machine"}, given->json(), {});
  for (std::size_t i = 0; i < c.factors.size(); ++i)
    machine.set(sim::split(c.factors[i].path), json_of(c.fitted[i]), {});
  return machine.json().dump(2) + '\n';
}

}  // namespace calibration
