// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>

#include "sim/trace_timeline.h"
#include "sim/trace_writers.h"

namespace sim {
namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// In microseconds with six places: decimal text, so that no picosecond is lost.
std::string microseconds(Duration d) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(d.count() / 1'000'000),
                static_cast<long long>(d.count() % 1'000'000));
  return text;
}

/// The shortest text that reads back as the same number. JSON knows no infinities.
std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

class ChromeWriter {
 public:
  ChromeWriter(const TraceLog& log, std::ostream& out)
      : log_(log), timeline_(timeline(log)), out_(out) {}

  void run() {
    out_ << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
    for (std::size_t lane = 0; lane < timeline_.lanes.size(); ++lane) introduce(lane);
    for (const Timeline::Mark& mark : timeline_.marks) event(mark);
    out_ << "\n]}\n";
  }

 private:
  void introduce(std::size_t lane) {
    const auto [track, number] = timeline_.lanes[lane];
    if (number == 0 && log_.tracks()[track.id - 1].parent.id == 0) {
      line("M", lane, "process_name") << ",\"args\":{\"name\":" << in_quotes(path(track)) << "}}";
    }
    const std::string suffix = number == 0 ? "" : " (" + std::to_string(number + 1) + ")";
    line("M", lane, "thread_name")
        << ",\"args\":{\"name\":" << in_quotes(path(track) + suffix) << "}}";
    line("M", lane, "thread_sort_index") << ",\"args\":{\"sort_index\":" << track.id << "}}";
  }

  void event(const Timeline::Mark& mark) {
    switch (mark.kind) {
      case Timeline::Kind::kBegin: {
        const auto& span = log_.spans()[mark.index];
        line("X", mark.lane, log_.name(span.name), &mark.at)
            << ",\"dur\":" << microseconds(span.end - span.begin) << args(span.request, span.cause);
        break;
      }
      case Timeline::Kind::kEnd:
        break;  // said with the beginning
      case Timeline::Kind::kInstant: {
        const auto& instant = log_.instants()[mark.index];
        line("i", mark.lane, log_.name(instant.name), &mark.at)
            << ",\"s\":\"t\"" << args(instant.request, instant.cause);
        break;
      }
      case Timeline::Kind::kSample: {
        const auto& sample = log_.samples()[mark.index];
        // A counter belongs to a process, so its name tells the track as well.
        line("C", mark.lane, path(sample.track) + ": " + log_.name(sample.name), &mark.at)
            << ",\"args\":{\"value\":" << number(sample.value) << "}}";
        break;
      }
      case Timeline::Kind::kSent:
        arrow_end(mark, "s", "");
        break;
      case Timeline::Kind::kArrived:
        arrow_end(mark, "f", ",\"bp\":\"e\"");
        break;
    }
  }

  /// Arrows join slices, so that either end is a slice of no length.
  void arrow_end(const Timeline::Mark& mark, const char* phase, const char* binding) {
    const auto& arrow = log_.arrows()[mark.index];
    line("X", mark.lane, log_.name(arrow.name), &mark.at)
        << ",\"dur\":0.000000" << args(arrow.request, 0);
    line(phase, mark.lane, log_.name(arrow.name), &mark.at)
        << ",\"cat\":\"flow\",\"id\":" << mark.index + 1 << binding << "}";
  }

  std::ostream& line(const char* phase, std::size_t lane, const std::string& name,
                     const Time* at = nullptr) {
    out_ << (first_ ? "\n" : ",\n") << "{\"ph\":\"" << phase << "\",\"name\":" << in_quotes(name)
         << ",\"pid\":" << root(timeline_.lanes[lane].track).id << ",\"tid\":" << lane + 1;
    first_ = false;
    if (at) out_ << ",\"ts\":" << microseconds(at->time_since_epoch());
    return out_;
  }

  std::string args(std::int64_t request, TraceLog::Name cause) const {
    std::string list;
    if (request != Cause::kNoRequest) list = "\"request\":" + std::to_string(request);
    if (cause != 0)
      list += (list.empty() ? "" : ",") + ("\"cause\":" + in_quotes(log_.name(cause)));
    return ",\"args\":{" + list + "}}";
  }

  Track parent(Track track) const { return log_.tracks()[track.id - 1].parent; }

  Track root(Track track) const { return parent(track).id == 0 ? track : root(parent(track)); }

  /// Without the root, which is shown as the process; of a root its own name.
  std::string path(Track track) const {
    const std::string& name = log_.name(log_.tracks()[track.id - 1].name);
    const Track above = parent(track);
    return above.id == 0 || above == root(track) ? name : path(above) + " / " + name;
  }

  const TraceLog& log_;
  const Timeline timeline_;
  std::ostream& out_;
  bool first_ = true;
};

}  // namespace

void write_chrome(const TraceLog& log, std::ostream& out) {
  ChromeWriter(log, out).run();
}

}  // namespace sim
