// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <type_traits>

#include "sim/describe.h"
#include "sim/json.h"
#include "sim/units.h"

namespace workloads {
namespace {

using sim::Duration;

constexpr Duration kMost = std::chrono::hours{240};  // ten days, of the 106 that a clock can hold
constexpr int kMostClass = 255;

enum class TimeUnit : std::int64_t {
  kNanoseconds = 1'000,
  kMicroseconds = 1'000'000,
  kMilliseconds = 1'000'000'000,
  kSeconds = 1'000'000'000'000,
};

constexpr auto enum_names(std::type_identity<TimeUnit>) {
  using sim::EnumName;
  return std::array{EnumName{TimeUnit::kNanoseconds, "ns"}, EnumName{TimeUnit::kMicroseconds, "us"},
                    EnumName{TimeUnit::kMilliseconds, "ms"}, EnumName{TimeUnit::kSeconds, "s"}};
}

/// The form for programs: bare numbers of one unit.
struct TraceLists {
  std::string about;
  std::optional<TimeUnit> unit;
  std::optional<std::vector<double>> instants;
  std::optional<std::vector<double>> gaps;
  std::optional<std::vector<int>> classes;

  static void describe(auto&& field) {
    using L = TraceLists;
    field(&L::about, "about", "one sentence for people");
    field(&L::unit, "unit", "of the numbers");
    field(&L::instants, "instants", "since the start");
    field(&L::gaps, "gaps", "since the request before, or since the start");
    field(&L::classes, "classes", "one for each request");
  }
};

/// The form for people and for long traces: a line for each request.
struct TraceLine {
  std::optional<Duration> at;
  std::optional<Duration> gap;
  int request_class = 0;

  static void describe(auto&& field) {
    using L = TraceLine;
    field(&L::at, "at", "since the start");
    field(&L::gap, "gap", "since the request before, or since the start");
    field(&L::request_class, "class", "0 for a short request, 1 for a long one");
  }
};

/// Collects requests; what is wrong with one is an error at its `place`.
class Collector {
 public:
  void add_instant(Duration at, int request_class, const sim::Place& place) {
    if (sim::Time{at} < now_) throw place.error("lies before the one before", "sort by time");
    if (at > kMost) throw place.error("lies beyond the end of time", "end within ten days");
    if (request_class < 0 || request_class > kMostClass)
      throw place.error("has an impossible class", "number classes from 0 to 255");
    now_ = sim::Time{at};
    arrivals_.push_back({now_, arrivals_.size(), request_class});
  }
  void add_gap(Duration gap, int request_class, const sim::Place& place) {
    add_instant(now_.time_since_epoch() + std::min(gap, kMost), request_class, place);
  }

  std::vector<Arrival> finish(const std::string& file) && {
    if (arrivals_.empty())
      throw sim::ConfigError(sim::Where{.file = file, .path = {}}, "has no requests",
                             "give one at least");
    return std::move(arrivals_);
  }

 private:
  sim::Time now_{};
  std::vector<Arrival> arrivals_;
};

Duration to_duration(double number, TimeUnit unit, const sim::Place& place) {
  const double ps = number * static_cast<double>(unit);
  if (!(0 <= ps && ps <= static_cast<double>(kMost.count())))
    throw place.error("is not a time", "give numbers from 0 to ten days");
  return Duration{std::llround(ps)};
}

/// One of the two, and which.
void check_one_of(bool first, bool second, const sim::Place& place, const char* names) {
  if (first != second) return;
  throw place.error(std::string("needs one of ") + names, "give one and not the other");
}

sim::Place required(const sim::Place& root, const char* name) {
  return root.at(name);
}

void add_lists(const TraceLists& lists, const sim::Place& root, Collector& collector) {
  check_one_of(lists.instants.has_value(), lists.gaps.has_value(), root, "instants and gaps");
  (void)required(root, "unit");
  const bool are_gaps = lists.gaps.has_value();
  const std::vector<double>& numbers = are_gaps ? *lists.gaps : *lists.instants;
  const sim::Place place = root.at(are_gaps ? "gaps" : "instants");
  if (lists.classes && lists.classes->size() != numbers.size())
    throw root.at("classes").error("is of another length than the times", "give one for each");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const sim::Place item = place.at(std::to_string(i));
    const Duration time = to_duration(numbers[i], *lists.unit, item);
    const int request_class = lists.classes ? (*lists.classes)[i] : 0;
    are_gaps ? collector.add_gap(time, request_class, item)
             : collector.add_instant(time, request_class, item);
  }
}

void add_line(const std::string& text, const std::string& file, std::optional<bool>& gaps,
              Collector& collector) {
  const sim::Document document = sim::Document::parse(text, file);
  const sim::Place root = document.root();
  const auto line = sim::read<TraceLine>(root);
  check_one_of(line.at.has_value(), line.gap.has_value(), root, "at and gap");
  if (gaps.value_or(line.gap.has_value()) != line.gap.has_value())
    throw root.error("changes between at and gap", "use one word throughout");
  gaps = line.gap.has_value();
  line.gap ? collector.add_gap(*line.gap, line.request_class, root)
           : collector.add_instant(*line.at, line.request_class, root);
}

/// To the parser each line is a file of its own.
sim::ConfigError at_line(int line, const sim::ConfigError& error) {
  sim::Where where = error.where();
  where.line = line;
  where.column = std::max(1, where.column);
  return {where, error.wrong(), error.remedy()};
}

}  // namespace

std::vector<Arrival> read_trace(const sim::Document& document) {
  const sim::Place root = document.root();
  Collector collector;
  add_lists(sim::read<TraceLists>(root), root, collector);
  return std::move(collector).finish(document.file());
}

std::vector<Arrival> read_trace(std::istream& lines, const std::string& file) {
  Collector collector;
  std::optional<bool> gaps;
  int number = 0;
  for (std::string text; sim::next_line(lines, text);) {
    ++number;
    try {
      add_line(text, file, gaps, collector);
    } catch (const sim::ConfigError& error) {
      throw at_line(number, error);
    }
  }
  return std::move(collector).finish(file);
}

std::vector<Arrival> read_trace(const std::string& file) {
  if (file.ends_with(".json")) return read_trace(sim::Document::load(file));
  if (!file.ends_with(".jsonl"))
    throw sim::ConfigError(sim::Where{.file = file, .path = {}}, "is not a trace by its name",
                           "traces end in .json or in .jsonl");
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw sim::ConfigError(sim::Where{.file = file, .path = {}},
                           std::string("cannot be read: ") + std::strerror(errno),
                           "check the name");
  return read_trace(in, file);
}

std::string trace_lines(const std::vector<Arrival>& arrivals) {
  std::string lines;
  for (const Arrival& a : arrivals)
    lines += "{\"at\": \"" + sim::to_text(a.at.time_since_epoch()) +
             "\", \"class\": " + std::to_string(a.request_class) + "}\n";
  return lines;
}

}  // namespace workloads
