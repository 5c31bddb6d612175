// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "experiments/story/names.h"
#include "experiments/story/story_writers.h"
#include "sim/quantity.h"

namespace story {
namespace {

/// "412.5 ns", whatever the size: so that columns can be compared.
std::string ns_text(sim::Duration d) {
  return fmt::format("{:.3f} ns", sim::to_ns(d));
}

std::string since(const Story& story, sim::Time when) {
  return fmt::format("{:+.3f}", sim::to_ns(when - story.begin));
}

/// "linux.pick_next 80 ns [A]".
std::string named(const Reason& reason, const Story& story) {
  if (reason.parameter.empty()) return fmt::format("{} {}", reason.what, ns_text(reason.took));
  const auto use = std::ranges::find(story.parameters, reason.parameter, &ParameterUse::path);
  return fmt::format("{} {} [{}]", reason.what, ns_text(reason.took), use->tag);
}

std::string why(const Event& event, const Story& story) {
  std::string text;
  for (const Reason& reason : event.reasons) {
    if (!text.empty()) text += " + ";
    text += named(reason, story);
  }
  return text;
}

std::string heading(const Story& story) {
  const std::string of = story.variant.empty() ? "" : story.variant + ", ";
  return fmt::format(
      "{}seed {}, decision {} after the warm-up ({}):\n"
      "thread {} stops on {} at {}, and thread {} runs there {} later.\n",
      of, story.seed, story.number, story.chosen, story.from, story.cpu, sim::to_text(story.begin),
      story.to, ns_text(story.took()));
}

std::string events_of(const Story& story) {
  std::string text = "\nIn order of time (ns since thread " + std::to_string(story.from) +
                     " stopped; tags as in wavesim params):\n\n";
  std::string last;
  for (const Event& event : story.events) {
    const std::string at = event.who + "  " + event.activity;
    if (at != last) text += at + '\n';
    last = at;
    text += fmt::format("  {:>11} {:>12}  {}\n", since(story, event.begin), ns_text(event.took()),
                        event.what);
    if (const std::string reasons = why(event, story); !reasons.empty())
      text += fmt::format("  {:>24}  = {}\n", "", reasons);
  }
  return text;
}

std::string path_of(const Story& story) {
  std::string text = "\nThe critical path, from each step back to the cause that came last:\n\n";
  for (const PathPart& part : story.path)
    text += fmt::format("  {:>11} {:>12} {:>7}  {}  {}\n", since(story, part.begin),
                        ns_text(part.took()), share_text(part.tenths), part.who, part.what);
  return text + fmt::format("  {:>11} {:>12} {:>7}\n", "", ns_text(story.took()), "100.0 %");
}

std::string parameters_of(const Story& story) {
  std::string text = "\nParameters in it:\n\n";
  for (const ParameterUse& use : story.parameters)
    text += fmt::format("  [{}] {} = {}: {} ({})\n", use.tag, use.path, use.value, use.meaning,
                        use.source);
  return text;
}

/// By who and what, in the order in which they come first.
using Sums = std::vector<std::pair<std::string, sim::Duration>>;

/// Without the numbers of threads and CPUs, which differ between two stories.
std::string kind_of(const PathPart& part) {
  std::string kind;
  const std::string who = part.lane == Lane::kNic    ? "agent"
                          : part.lane == Lane::kHost ? "CPU"
                                                     : part.who;
  for (const char c : who + "  " + part.what)
    if (c < '0' || c > '9') kind += c;
  return kind;
}

void add(Sums& sums, const std::string& kind, sim::Duration took) {
  const auto found = std::ranges::find(sums, kind, &Sums::value_type::first);
  if (found == sums.end())
    sums.emplace_back(kind, took);
  else
    found->second += took;
}

Sums sums_of(const Story& story) {
  Sums sums;
  for (const PathPart& part : story.path) add(sums, kind_of(part), part.took());
  return sums;
}

}  // namespace

std::string as_text(const Story& story) {
  return heading(story) + events_of(story) + path_of(story) + parameters_of(story);
}

std::string compared_as_text(const Story& a, const Story& b) {
  const Sums in_a = sums_of(a);
  const Sums in_b = sums_of(b);
  Sums all = in_a;
  for (const auto& [kind, took] : in_b) add(all, kind, {});
  const auto in = [](const Sums& sums, const std::string& kind) {
    const auto found = std::ranges::find(sums, kind, &Sums::value_type::first);
    return found == sums.end() ? sim::Duration{} : found->second;
  };
  std::string text = heading(a) + '\n' + heading(b) +
                     fmt::format("\nThe critical paths side by side:\n\n  {:>12} {:>12} {:>12}\n",
                                 a.variant, b.variant, "difference");
  const auto line = [&](sim::Duration x, sim::Duration y, const std::string& kind) {
    text += fmt::format("  {:>12} {:>12} {:>+12.3f}  {}\n", ns_text(x), ns_text(y),
                        sim::to_ns(y - x), kind);
  };
  for (const auto& [kind, unused] : all) line(in(in_a, kind), in(in_b, kind), kind);
  line(a.took(), b.took(), "the whole");
  return text;
}

}  // namespace story
