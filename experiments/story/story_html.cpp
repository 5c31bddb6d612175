// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "experiments/report/html.h"
#include "experiments/report/style.h"
#include "experiments/story/names.h"
#include "experiments/story/story_writers.h"
#include "experiments/story/time_axis.h"

namespace story {
namespace {

using report::element;
using report::escaped;
using sim::Time;

constexpr double kWidth = 850;
constexpr double kTop = 44;
constexpr double kBox = 14;     // the width of a lane's boxes
constexpr double kLine = 15;    // of text
constexpr double kHostX = 300;  // where the lanes are
constexpr double kAgentX = 590;
constexpr double kPixelsPerNs = 0.24;

constexpr const char* kStyle = R"css(
.stories { display: grid; gap: 2rem; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); }
.stories section { min-width: 0; }
.stories svg { width: 100%; height: auto; }
.drawing { overflow-x: auto; }
@media screen and (max-width: 45rem) { .drawing svg { min-width: 42rem; } }
body.two { max-width: 112rem; }
svg .lane { stroke: var(--faint); stroke-width: 2; }
svg .box { fill: var(--s0); opacity: .55; }
svg .box.critical { fill: var(--s1); opacity: 1; }
svg .leader { stroke: var(--faint); fill: none; }
svg .way { stroke: var(--dim); stroke-width: 1.2; fill: none; }
svg .way.critical { stroke: var(--s1); stroke-width: 2.6; }
svg .head { fill: var(--dim); } svg .head.critical { fill: var(--s1); }
svg .small { font-size: 11px; fill: var(--dim); font-variant-numeric: tabular-nums; }
svg .edge { stroke: var(--ink); stroke-dasharray: 4 3; }
svg .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
tr.critical td:first-child { border-left: 4px solid var(--s1); padding-left: .4rem; }
)css";

std::string ns_short(sim::Duration d) {
  return fmt::format("{:.1f}", sim::to_ns(d));
}

/// What a core is at without a break: a box of the drawing.
struct Box {
  Lane lane{};
  std::string what;
  Time begin{};
  Time end{};
  bool critical = false;
};

bool is_core(const Event& event) {
  return event.lane == Lane::kHost || event.lane == Lane::kNic;
}

/// Whether the critical path leads over `[begin, end]` in this lane.
bool is_critical(const Story& story, Lane lane, Time begin, Time end) {
  return std::ranges::any_of(story.path, [&](const PathPart& part) {
    return part.lane == lane && part.begin < end && begin < part.end;
  });
}

std::vector<Box> boxes_of(const Story& story) {
  std::vector<Box> boxes;
  for (const Lane lane : {Lane::kHost, Lane::kNic}) {
    for (const Event& event : story.events) {
      if (event.lane != lane) continue;
      const bool elsewhere = lane == Lane::kHost && event.who != story.cpu;
      const std::string what = elsewhere ? event.who + ": " + event.activity : event.activity;
      const bool goes_on = !boxes.empty() && boxes.back().lane == lane &&
                           boxes.back().what == what && boxes.back().end == event.begin;
      if (!goes_on) boxes.push_back({lane, what, event.begin, event.end, false});
      boxes.back().end = event.end;
    }
  }
  for (Box& box : boxes) box.critical = is_critical(story, box.lane, box.begin, box.end);
  return boxes;
}

/// A drawing of one story.
class Diagram {
 public:
  explicit Diagram(const Story& story)
      : story_(story), axis_(busy(story), kTop, kPixelsPerNs), boxes_(boxes_of(story)) {}

  std::string drawn();

 private:
  static std::vector<TimeAxis::Busy> busy(const Story& story) {
    std::vector<TimeAxis::Busy> all{{story.begin, story.end}};
    for (const Event& event : story.events) all.push_back({event.begin, event.end});
    return all;
  }
  void lanes();
  void edges();
  void boxes(Lane lane);
  void ways();
  void way(const Event& event);
  void text(double x, double y, const std::string& text, const char* anchor, const char* style);
  std::string at(Time when) const { return ns_short(when - story_.begin); }

  const Story& story_;
  const TimeAxis axis_;
  const std::vector<Box> boxes_;
  double lowest_ = 0;  // text
  std::string body_;
};

void Diagram::text(double x, double y, const std::string& text, const char* anchor,
                   const char* style) {
  lowest_ = std::max(lowest_, y);
  body_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>)", x, y,
                       anchor, style, escaped(text));
}

void Diagram::lanes() {
  for (const double x : {kHostX, kAgentX})
    body_ += fmt::format(R"(<line x1="{0}" x2="{0}" y1="{1}" y2="{2:.1f}" class="lane"/>)", x, kTop,
                         axis_.bottom());
  text(kHostX, 18, "host: " + story_.cpu, "middle", "title");
  text((kHostX + kAgentX) / 2, 18, "between", "middle", "title");
  text(kAgentX, 18, "agent", "middle", "title");
  for (const TimeAxis::Cut& cut : axis_.cuts())
    text((kHostX + kAgentX) / 2, cut.y, fmt::format("{} ns later", ns_short(cut.left_out)),
         "middle", "small halo");
}

/// When the one thread stops and the other runs.
void Diagram::edges() {
  const auto edge = [this](Time when, double lift, const std::string& what) {
    const double y = axis_.y(when);
    body_ += fmt::format(R"(<line x1="0" x2="{0}" y1="{1:.1f}" y2="{1:.1f}" class="edge"/>)",
                         kAgentX + 60, y);
    text(0, y + lift, what, "start", "value");
  };
  edge(story_.begin, -5, fmt::format("0 ns: thread {} stops", story_.from));
  edge(story_.end, 15, fmt::format("{} ns: thread {} runs", at(story_.end), story_.to));
}

/// Boxes with their names beside them, which move down where they would cover each other.
void Diagram::boxes(Lane lane) {
  const bool host = lane == Lane::kHost;
  const double x = host ? kHostX : kAgentX;
  double free = 0;
  for (const Box& box : boxes_) {
    if (box.lane != lane) continue;
    const double top = axis_.y(box.begin);
    const double height = std::max(axis_.y(box.end) - top, 1.0);
    body_ +=
        fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{}" height="{:.1f}" class="box{}"/>)",
                    x - kBox / 2, top, kBox, height, box.critical ? " critical" : "");
    const double y = std::max(top + height / 2 + 4, free + kLine);
    free = y;
    const double side = host ? -1 : 1;
    body_ += fmt::format(R"(<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" class="leader"/>)",
                         x + side * kBox / 2, top + height / 2, x + side * 22, y - 4);
    text(x + side * 25, y, fmt::format("{}  {} ns", box.what, ns_short(box.end - box.begin)),
         host ? "end" : "start", box.critical ? "value" : "");
  }
}

void Diagram::ways() {
  for (const Event& event : story_.events)
    if (!is_core(event)) way(event);
}

void Diagram::way(const Event& event) {
  const bool to_agent = event.lane == Lane::kToNic;
  const double agent = event.lane == Lane::kWithinHost ? kHostX + 100 : kAgentX - kBox / 2;
  const double from = to_agent ? kHostX + kBox / 2 : agent;
  const double to = to_agent ? kAgentX - kBox / 2 : kHostX + kBox / 2;
  const double y1 = axis_.y(event.begin);
  const double y2 = axis_.y(event.end);
  const char* critical = is_critical(story_, event.lane, event.begin, event.end) ? " critical" : "";
  const double tip = to_agent ? -8 : 8;
  body_ += fmt::format(R"(<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" class="way{}"/>)", from, y1, to,
                       y2, critical);
  body_ += fmt::format(R"(<path d="M{0:.1f} {1:.1f}l{2} -4v8z" class="head{3}"/>)", to, y2, tip,
                       critical);
  const double inside = to_agent ? 6 : -6;
  text(from + inside, y1 - 3, at(event.begin), to_agent ? "start" : "end", "small halo");
  text(to - inside * 2, y2 + 12, at(event.end), to_agent ? "end" : "start", "small halo");
  text((from + to) / 2, (y1 + y2) / 2 - 3, event.what, "middle", "small halo");
}

std::string Diagram::drawn() {
  lanes();
  ways();
  boxes(Lane::kHost);
  boxes(Lane::kNic);
  edges();
  const std::string label = fmt::format(
      "Sequence diagram of {}: from thread {}'s stop to thread {}'s start in {} ns; the "
      "tables below say the same",
      story_.variant, story_.from, story_.to, ns_short(story_.took()));
  return fmt::format(R"(<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>)", kWidth,
                     std::max(axis_.bottom(), lowest_) + 24, escaped(label), body_);
}

// Tables

report::Cell number(const std::string& text) {
  return {.content = escaped(text), .style = "number"};
}

std::string path_table(const Story& story) {
  std::vector<report::Line> lines;
  for (const PathPart& part : story.path)
    lines.push_back({number(ns_short(part.begin - story.begin)),
                     number(ns_short(part.took())),
                     number(share_text(part.tenths)),
                     {escaped(part.who)},
                     {escaped(part.what)}});
  lines.push_back({{}, number(ns_short(story.took())), number("100.0 %"), {}, {"the whole"}});
  return report::table({"from, ns", "ns", "share", "who", "what"}, lines);
}

std::string why(const Event& event) {
  std::string text;
  for (const Reason& reason : event.reasons) {
    if (!text.empty()) text += " + ";
    text += fmt::format("{} {} ns", reason.what, ns_short(reason.took));
    if (!reason.parameter.empty()) text += " (" + reason.parameter + ")";
  }
  return text;
}

std::string event_table(const Story& story) {
  std::vector<report::Line> lines;
  for (const Event& event : story.events)
    lines.push_back({number(ns_short(event.begin - story.begin)),
                     number(ns_short(event.took())),
                     {escaped(event.who)},
                     {escaped(event.activity)},
                     {escaped(event.what)},
                     {escaped(why(event))}});
  return report::table({"from, ns", "ns", "who", "about", "what", "why that long"}, lines);
}

std::string parameter_table(const Story& story) {
  std::vector<report::Line> lines;
  for (const ParameterUse& use : story.parameters)
    lines.push_back({{escaped(use.path), "name"},
                     {escaped(use.value)},
                     {std::string(1, use.tag)},
                     {escaped(use.meaning)},
                     {escaped(use.source)}});
  return report::table({"parameter", "value", "tag", "meaning", "source"}, lines);
}

std::string section(const Story& story) {
  const std::string name = story.variant.empty() ? "the experiment" : story.variant;
  std::string html = element("h2", escaped(name));
  html += element("p", escaped(fmt::format(
                           "Seed {}, decision {} after the warm-up ({}). Thread {} stops on {}; "
                           "thread {} runs there {} ns later.",
                           story.seed, story.number, story.chosen, story.from, story.cpu, story.to,
                           ns_short(story.took()))));
  // Keys scroll it where it is wider than the screen.
  html += element("div", Diagram(story).drawn(),
                  "class=\"drawing\" tabindex=\"0\" role=\"group\" aria-label=\"the diagram\"");
  html += element("h3", "The critical path") + path_table(story);
  html += "<details><summary>Each step, and why it takes so long</summary>" + event_table(story) +
          "</details>";
  html +=
      "<details><summary>The parameters in it</summary>" + parameter_table(story) + "</details>";
  return element("section", html);
}

}  // namespace

std::string as_html(const std::vector<Story>& stories, const std::string& title) {
  std::string sections;
  for (const Story& story : stories) sections += section(story);
  const std::string key =
      "Time runs downwards, in nanoseconds since the thread stopped. Orange is the critical path: "
      "from each step back to the cause that came last. Tags: S stated, P published, D derived, R "
      "recalled, A assumed, C chosen.";
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">" +
         element("title", escaped(title)) + element("style", report::kStyleSheet) +
         element("style", kStyle) + "</head>\n<body" +
         (stories.size() > 1 ? " class=\"two\"" : "") + ">" + element("h1", escaped(title)) +
         element("p", escaped(key), "class=\"dim\"") +
         element("div", sections, "class=\"stories\"") + "</body></html>\n";
}

}  // namespace story
