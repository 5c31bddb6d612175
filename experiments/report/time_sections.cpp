// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>

#include "experiments/report/choice.h"
#include "experiments/report/coordinates.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"

// Where the time goes, as far as statistics count it. What they do not count apart is shown as one
// rest, and named.

namespace report {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kMostSystems = 10;
constexpr double kPerMicrosecond = 1e3;

/// One part of a bar; nothing if the statistics do not have it.
using PartOf = std::optional<double> (*)(const Record&);

struct Part {
  const char* name;
  PartOf of;
};

std::optional<double> ratio(const Record& record, const char* time, const char* count) {
  const auto total = record.statistic(time);
  const auto number = record.statistic(count);
  if (!total || !number || *number <= 0) return std::nullopt;
  return *total / *number;
}

std::optional<double> in_us(std::optional<double> ns) {
  return ns ? std::optional(*ns / kPerMicrosecond) : std::nullopt;
}

std::optional<double> value_in_us(const Record& record, std::initializer_list<const char*> names) {
  double sum = 0;
  for (const char* name : names) {
    const auto value = record.value(name);
    if (!value) return std::nullopt;
    sum += value->value;
  }
  return in_us(sum);
}

// A request's latency.

std::optional<double> service(const Record& r) {
  return in_us(ratio(r, "cpus.user", "requests.completed"));
}
std::optional<double> deciding(const Record& r) {
  return in_us(ratio(r, "decisions.notified_total", "requests.completed"));
}
std::optional<double> stack_in(const Record& r) {
  return value_in_us(r, {"receive_ns", "deserialise_ns", "dispatch_ns", "hand_over_ns"});
}
std::optional<double> stack_out(const Record& r) {
  return value_in_us(r, {"serialise_ns", "send_ns"});
}
std::optional<double> wires(const Record& r) {
  const auto there = r.statistic("rpc.network.to_server.wait.mean");
  const auto back = r.statistic("rpc.network.from_server.wait.mean");
  return there && back ? in_us(*there + *back) : std::nullopt;
}

// Shares of the workers' CPUs.

std::optional<double> per_cent(const Record& r, const char* name) {
  const auto share = r.value(name);
  return share ? std::optional(100 * share->value) : std::nullopt;
}
std::optional<double> user(const Record& r) {
  return per_cent(r, "user_share");
}
std::optional<double> idle(const Record& r) {
  return per_cent(r, "idle_share");
}

// An iteration of memory management that ends an epoch.

std::optional<double> seconds(const Record& r, const char* name) {
  const auto value = r.value(name);
  return value ? std::optional(value->value) : std::nullopt;
}
std::optional<double> scanning(const Record& r) {
  return seconds(r, "scan_s");
}
std::optional<double> awaiting(const Record& r) {
  return seconds(r, "await_s");
}
std::optional<double> applying(const Record& r) {
  return seconds(r, "apply_s");
}

std::optional<double> mean_latency(const Record& r) {
  const auto mean = r.value("mean_us");
  return mean && r.statistic("cpus.user") ? std::optional(mean->value) : std::nullopt;
}
std::optional<double> whole_cpus(const Record& r) {
  return r.value("idle_share") ? std::optional(100.0) : std::nullopt;
}
std::optional<double> whole_iteration(const Record& r) {
  return seconds(r, "whole_iteration_s");
}

/// How a whole is split. What no part counts is its rest.
struct Split {
  const char* title;
  const char* description;
  const char* unit;
  PartOf whole;
  std::vector<Part> parts;
  const char* rest;
};

const std::vector<Split>& splits() {
  static const std::vector<Split> kSplits{
      {"Mean latency",
       "A request's mean latency, split into what statistics count.",
       "µs",
       mean_latency,
       {{"packets wait for wires", wires},
        {"stack, request", stack_in},
        {"worker's code", service},
        {"agent decides", deciding},
        {"stack, reply", stack_out}},
       "waiting, kernel (rest)"},
      {"The workers' CPUs",
       "What the CPUs of the workers do.",
       "% of their time",
       whole_cpus,
       {{"worker's code", user}, {"nothing to run", idle}},
       "kernel, switches (rest)"},
      {"An iteration that ends an epoch",
       "An iteration of memory management, split.",
       "s",
       whole_iteration,
       {{"scan (host)", scanning}, {"the agent", awaiting}, {"apply (host)", applying}},
       "rest"}};
  return kSplits;
}

/// One load, for which there is a bar of each system.
struct Load {
  std::string along;  // the path that is swept; empty: there is but one
  std::string text;   // its value
  Records records;
};

Records at(const Records& records, const std::string& along, const std::string& text) {
  Records found;
  std::ranges::copy_if(records, std::back_inserter(found), [&](const Record& record) {
    return record.error.empty() && !record.unstable && record.swept_text(along) == text;
  });
  return found;
}

/// Values of the path, the smallest first.
Names ascending(const Records& records, const std::string& along) {
  Names texts = different(records, [&](const Record& r) { return r.swept_text(along); });
  const Coordinates places = coordinates_of(texts);
  std::ranges::sort(texts, {}, [&](const std::string& text) { return places.places.at(text); });
  return texts;
}

/// The lightest load and the heaviest that as many systems keep up with as keep up with any.
std::vector<Load> loads_of(const Records& records) {
  const std::string along = joined_along(records, "");
  std::vector<Load> loads;
  std::size_t most = 0;
  for (const std::string& text : ascending(records, along)) {
    loads.push_back({along, text, at(records, along, text)});
    most = std::max(most, loads.back().records.size());
  }
  std::erase_if(loads, [&](const Load& load) { return load.records.size() < most; });
  if (loads.size() > 2) loads.erase(loads.begin() + 1, loads.end() - 1);
  return loads;
}

/// A part that no system has is left out.
std::vector<Part> parts_in(const Split& split, const Load& load) {
  std::vector<Part> parts = split.parts;
  std::erase_if(parts, [&](const Part& part) {
    return std::ranges::none_of(load.records,
                                [&](const Record& r) { return part.of(r).value_or(0) > 0; });
  });
  return parts;
}

Stack stack_of(const Record& record, const std::string& name, const std::vector<Part>& parts,
               double whole) {
  Stack stack{name, {}};
  double rest = whole;
  for (const Part& part : parts) {
    stack.parts.push_back(part.of(record).value_or(0));
    rest -= stack.parts.back();
  }
  stack.parts.push_back(std::max(0.0, rest));
  return stack;
}

std::string title_of(const Split& split, const Load& load) {
  return load.text.empty() ? split.title : fmt::format("{} at {}", split.title, load.text);
}

std::string split_figure(const Split& split, const Load& load, const Names& names) {
  const std::vector<Part> parts = parts_in(split, load);
  StackChart chart{.caption = {title_of(split, load), split.description},
                   .unit = split.unit,
                   .parts = {},
                   .stacks = {}};
  for (const Part& part : parts) chart.parts.emplace_back(part.name);
  chart.parts.emplace_back(split.rest);
  for (const Record& record : load.records) {
    const auto whole = split.whole(record);
    if (whole && chart.stacks.size() < kMostSystems)
      chart.stacks.push_back(stack_of(record, curve_name(record, names), parts, *whole));
  }
  return parts.empty() ? "" : figure(chart);
}

std::string bars_of(const Records& records) {
  std::string drawings;
  for (const Load& load : loads_of(records)) {
    const Names names = splits_along(records, load.along);
    for (const Split& split : splits()) drawings += split_figure(split, load, names);
  }
  return drawings;
}

constexpr const char* kExplained =
    "At the lightest load and at the heaviest that all systems keep up with. Only what statistics "
    "count is a part of its own. The waits of a request for a CPU, for the agent to hear of it, "
    "for "
    "the way of message and decision over PCIe, and for the kernel's switch are not counted apart: "
    "together they are the rest of the latency. \"Agent decides\" is the agent's time for CPUs "
    "that "
    "waited for it. A CPU with nothing to run waits for requests or for a decision; which of the "
    "two is not counted either. For one decision, step by step, there is wavesim explain.";

}  // namespace

std::string time_goes(const Findings& f) {
  std::string parts;
  for (const std::string& source : sources_of(f.records)) {
    const std::string bars = bars_of(from_source(f.records, source));
    if (!bars.empty())
      parts += element("h3", escaped(source)) + element("div", bars, "class=\"charts\"") + '\n';
  }
  return parts.empty() ? "" : element("p", kExplained, "class=\"dim\"") + parts;
}

}  // namespace report
