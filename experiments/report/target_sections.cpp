// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "experiments/regress/regress_errors.h"
#include "experiments/report/axis.h"
#include "experiments/report/charts.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// The parts that compare with the paper number by number.

namespace report {
namespace {

using experiments::Target;
using experiments::TargetResult;

/// With a single replication there is no interval.
std::string value_text(const TargetResult& result) {
  if (!result.value) return "–";
  const Reading reading = reading_of(*result.value);
  return number_text(reading.value, reading.half_width);
}

std::string paper_text(const Target& target) {
  const bool has_range = target.low && target.high;
  std::string range =
      has_range ? number_text(*target.low) + " to " + number_text(*target.high) : "";
  if (!target.expected) return range;
  return number_text(*target.expected) + (has_range ? " (" + range + ")" : "");
}

std::string error_text(const TargetResult& result) {
  const auto error = result.error();
  return error ? fmt::format("{:+.1f} %", 100 * *error) : "";
}

/// A recalled number is no judge: it is met or not, and neither is a fault.
Cell verdict_of(const TargetResult& result) {
  if (!result.target.from) return {"not modelled yet", "dim"};
  if (!result.value) return {"no value: " + escaped(result.problem), "miss"};
  if (result.target.gates()) return result.pass() ? Cell{"pass", "pass"} : Cell{"miss", "miss"};
  return {result.pass() ? "inside" : "outside", "dim"};
}

Line line_of(const TargetResult& result) {
  const Target& target = result.target;
  return {{escaped(target.id), "name"},
          {escaped(target.what)},
          {escaped(target.tag)},
          {escaped(target.role)},
          {escaped(paper_text(target)), "number"},
          {escaped(value_text(result)), "number"},
          {escaped(target.unit)},
          {escaped(error_text(result)), "number"},
          verdict_of(result)};
}

using Which = bool (*)(const TargetResult&);

long count(const Findings& f, Which which) {
  return std::ranges::count_if(f.targets.targets, which);
}

bool is_gate(const TargetResult& r) {
  return r.value && r.target.gates();
}
bool is_met_gate(const TargetResult& r) {
  return is_gate(r) && r.pass();
}
bool is_recalled(const TargetResult& r) {
  return r.value && !r.target.gates();
}
bool is_inside(const TargetResult& r) {
  return is_recalled(r) && r.pass();
}
bool is_not_modelled(const TargetResult& r) {
  return !r.target.from;
}

bool is_switch_step(const TargetResult& r) {
  return r.target.id.starts_with("e2.") && r.target.unit == "us" && r.value && r.target.low &&
         r.target.high;
}

/// Shorter than the target's own words, which build on each other.
std::string step_name(const std::string& id) {
  static const std::map<std::string, std::string> names{
      {"e2.onhost.switch_us", "On-Host"},
      {"e2.onhost.switch_prestaged_us", "On-Host, prestaged"},
      {"e2.wave.switch_unoptimised_us", "Wave, no mitigation"},
      {"e2.wave.switch_nic_wb_us", "Wave, + NIC write-back"},
      {"e2.wave.switch_us", "Wave, + host WC and WT"},
      {"e2.wave.switch_prestaged_us", "Wave, + prestage, prefetch"}};
  return name_in(names, id);
}

Span span_of(const TargetResult& result) {
  const Target& target = result.target;
  return {.name = step_name(target.id) + " [" + target.tag + ']',
          .low = *target.low,
          .high = *target.high,
          .reading = reading_of(*result.value),
          .inside = result.pass()};
}

std::string errors(const experiments::RegressReport& report) {
  const auto sentence = [&](const char* which, bool gated) {
    const experiments::ErrorSummary e = experiments::errors_of(report, gated);
    if (e.numbers == 0) return std::string();
    return fmt::format(
        "{} predictions that state a number: {}, {} of them inside; mean absolute error {:.1f} %, "
        "worst {:.1f} % ({}). Besides, {} of {} ranges and yes-or-no predictions. ",
        which, e.numbers, e.numbers_inside, 100 * e.mean, 100 * e.worst, e.worst_id,
        e.others_inside, e.others);
  };
  const std::string text = sentence("Gated", true) + sentence("Recalled", false);
  return text.empty() ? text
                      : element("p", escaped(text)) +
                            element("p", escaped(experiments::error_goals(report)));
}

bool has_failed(const Record& record) {
  return !record.error.empty();
}

/// What there is, where nothing is judged.
std::string summary(const Findings& f) {
  if (f.records.empty()) return {};
  const auto overloaded = std::ranges::count_if(f.records, &Record::unstable);
  const auto failed = std::ranges::count_if(f.records, has_failed);
  std::string line = fmt::format("{} of {}", points_text(f.records.size()),
                                 fmt::join(sources_of(f.records), ", "));
  if (overloaded > 0)
    line += overloaded == 1
                ? "; 1 was offered more than it keeps up with"
                : fmt::format("; {} were offered more than they keep up with", overloaded);
  if (failed > 0) line += fmt::format("; {} failed", failed);
  return element("p", escaped(line + '.'));
}

/// Else a part of a sweep would pass for the whole.
std::string unfinished(const Findings& f) {
  if (f.missing.empty()) return {};
  const auto failed = std::ranges::count_if(f.missing, has_failed);
  const auto open = std::ssize(f.missing) - failed;
  std::string line =
      fmt::format("This is a part: {} more {} asked for", points_text(f.missing.size()),
                  f.missing.size() == 1 ? "was" : "were");
  if (open > 0)
    line += fmt::format("; {} {} still to run (the same sweep goes on)", open,
                        open == 1 ? "is" : "are");
  if (failed > 0) line += fmt::format("; {} failed", failed);
  return element("p", escaped(line + '.'));
}

}  // namespace

std::string verdict(const Findings& f) {
  if (f.targets.targets.empty())
    return summary(f) + unfinished(f) + element("p", escaped(f.version), "class=\"dim\"") + '\n';
  const std::string line = fmt::format(
      "{} of {} numbers that the paper or another publication states are met; {} of {} recalled "
      "ones are inside their range; {} are not modelled yet.",
      count(f, is_met_gate), count(f, is_gate), count(f, is_inside), count(f, is_recalled),
      count(f, is_not_modelled));
  return element("p", line) + element("p", escaped(f.version), "class=\"dim\"") + '\n';
}

std::string targets(const Findings& f) {
  if (f.targets.targets.empty()) return {};
  std::vector<Line> lines;
  for (const TargetResult& result : f.targets.targets) lines.push_back(line_of(result));
  const std::string legend =
      "S: stated by the paper's abstract or slides. P: read in another publication. Both may be "
      "missed, and then it says so. R: recalled and unverified; it judges nothing. Inputs were "
      "calibrated, predictions were not. ±: half of the 95 % confidence interval.";
  return element("p", legend, "class=\"dim\"") + errors(f.targets) +
         table({"target", "what", "tag", "role", "paper", "simulation", "unit", "error", "verdict"},
               lines);
}

std::string switch_steps(const Findings& f) {
  SpanChart chart{.caption = {"Context-switch overhead",
                              "The paper's range of each step as a band, the simulation's value as "
                              "a point; the numbers are in the table of every number."},
                  .unit = "us, from a thread's stop to its successor's start",
                  .spans = {}};
  for (const TargetResult& result : f.targets.targets) {
    if (is_switch_step(result)) chart.spans.push_back(span_of(result));
  }
  if (chart.spans.empty()) return {};
  return element("div", figure(chart), "class=\"charts\"");
}

}  // namespace report
