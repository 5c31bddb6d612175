// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace.h"

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "sim/config_error.h"

namespace workloads {
namespace {

using namespace std::chrono_literals;

/// A trace in a file of its own, for as long as the test lasts.
class TraceFile {
 public:
  TraceFile(const std::string& extension, const std::string& text)
      : name_(testing::TempDir() + std::to_string(getpid()) + "_trace." + extension) {
    std::ofstream(name_, std::ios::binary) << text;
  }
  ~TraceFile() { std::remove(name_.c_str()); }

  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

std::vector<Arrival> read(const std::string& extension, const std::string& text) {
  return read_trace(TraceFile(extension, text).name());
}

/// The error without the folder.
std::string error_of(const std::string& extension, const std::string& text) {
  try {
    read(extension, text);
  } catch (const sim::ConfigError& error) {
    const std::string what = error.what();
    return what.substr(what.find("trace."));
  }
  return "none";
}

sim::Time at(sim::Duration d) {
  return sim::Time{d};
}

const std::vector<Arrival> kThree{{at(0us), 0, 0}, {at(1500ns), 1, 1}, {at(4us), 2, 0}};

TEST(Trace, IsReadFromInstantsWithAUnit) {
  EXPECT_EQ(read("json", R"({"unit": "us", "instants": [0, 1.5, 4], "classes": [0, 1, 0]})"),
            kThree);
}

TEST(Trace, IsReadFromGapsWithAUnit) {
  EXPECT_EQ(read("json", R"({"unit": "ns", "gaps": [0, 1500, 2500], "classes": [0, 1, 0]})"),
            kThree);
}

TEST(Trace, IsReadFromLinesOfInstants) {
  EXPECT_EQ(
      read("jsonl", "{\"at\": \"0 s\"}\n{\"at\": \"1.5 us\", \"class\": 1}\n{\"at\": \"4 us\"}"),
      kThree);
}

TEST(Trace, IsReadFromLinesOfGaps) {
  EXPECT_EQ(read("jsonl",
                 "{\"gap\": \"0 s\"}\n{\"gap\": \"1500 ns\", \"class\": 1}\n"
                 "{\"gap\": \"2.5 us\"}\n"),
            kThree);
}

TEST(Trace, ReadsBackWhatItWrites) {
  const auto poisson = make_arrivals({.long_share = 0.3}, 1);
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 1'000; ++i) arrivals.push_back(*poisson->next());
  EXPECT_EQ(read("jsonl", trace_lines(arrivals)), arrivals);
}

TEST(Trace, EndsAfterItsLastRequest) {
  const TraceFile file("json", R"({"unit": "us", "instants": [3]})");
  const auto arrivals = make_arrivals({.kind = ArrivalKind::kTrace, .trace = file.name()}, 1);
  EXPECT_EQ(arrivals->next(), (Arrival{at(3us), 0, 0}));
  EXPECT_EQ(arrivals->next(), std::nullopt);
  EXPECT_EQ(arrivals->next(), std::nullopt);
}

TEST(Trace, MayHoldTwoRequestsAtOneInstant) {
  EXPECT_EQ(read("json", R"({"unit": "s", "instants": [1, 1]})").size(), 2u);
}

struct BadTrace {
  const char* extension;
  const char* text;
  const char* start_of_message;
};

class BadTraces : public testing::TestWithParam<BadTrace> {};

TEST_P(BadTraces, AreRefusedWithTheirLine) {
  const BadTrace& bad = GetParam();
  const std::string error = error_of(bad.extension, bad.text);
  EXPECT_EQ(error.rfind(bad.start_of_message, 0), 0u) << error;
}

INSTANTIATE_TEST_SUITE_P(
    Lists, BadTraces,
    testing::Values(
        BadTrace{"json", "{\"unit\": \"us\",\n\"instants\": [0,\n2, 1]}",
                 "trace.json:3:4: instants.2: lies before the one before"},
        BadTrace{"json", "{\"unit\": \"us\",\n\"gaps\": [0,\n-1]}",
                 "trace.json:3:1: gaps.1: is not a time"},
        BadTrace{"json", "{\"unit\": \"s\", \"instants\": [1e308]}",
                 "trace.json:1:28: instants.0: 1e+308 is too large"},
        BadTrace{"json", "{\"unit\": \"s\", \"gaps\": [600000, 600000]}",
                 "trace.json:1:32: gaps.1: lies beyond the end of time"},
        BadTrace{"json", "{\"instants\": [0]}", "trace.json:"},
        BadTrace{"json", "{\"unit\": \"us\"}", "trace.json:1:1: needs one of"},
        BadTrace{"json", "{\"unit\": \"us\", \"gaps\": [1], \"instants\": [1]}",
                 "trace.json:1:1: needs one of"},
        BadTrace{"json", "{\"unit\": \"us\", \"gaps\": [1], \"classes\": [1, 0]}",
                 "trace.json:1:40: classes: is of another length"},
        BadTrace{"json", "{\"unit\": \"us\", \"gaps\": [1], \"classes\": [256]}",
                 "trace.json:1:25: gaps.0: has an impossible class"},
        BadTrace{"json", "{\"unit\": \"us\", \"gaps\": [\"1 us\"]}", "trace.json:1:25: gaps.0"},
        BadTrace{"json", "{\"unit\": \"us\", \"gaps\": []}", "trace.json: has no requests"},
        BadTrace{"json", "{\"unit\": \"us\",\n\"gaps\": [1}", "trace.json:2:"}));

INSTANTIATE_TEST_SUITE_P(
    Lines, BadTraces,
    testing::Values(
        BadTrace{"jsonl", "{\"at\": \"2 us\"}\n{\"at\": \"1 us\"}",
                 "trace.jsonl:2:1: lies before the one before"},
        BadTrace{"jsonl", "{\"at\": \"2 us\"}\n{\"at\": 3}", "trace.jsonl:2:8: at: 3 has no unit"},
        BadTrace{"jsonl", "{\"at\": \"2 us\"}\n\n{\"at\": \"3 us\"}", "trace.jsonl:2:"},
        BadTrace{"jsonl", "{\"at\": \"2 us\"}\n{\"gap\": \"3 us\"}",
                 "trace.jsonl:2:1: changes between at and gap"},
        BadTrace{"jsonl", "{\"at\": \"2 us\", \"gap\": \"3 us\"}", "trace.jsonl:1:1: needs one of"},
        BadTrace{"jsonl", "{\"class\": 1}", "trace.jsonl:1:1: needs one of"},
        BadTrace{"jsonl", "{\"at\": \"1 us\", \"class\": -1}",
                 "trace.jsonl:1:1: has an impossible class"},
        BadTrace{"jsonl", "{\"at\": \"1 us\"", "trace.jsonl:1:"},
        BadTrace{"jsonl", "{\"gap\": \"-1 us\"}", "trace.jsonl:1:9: gap"},
        BadTrace{"jsonl", "", "trace.jsonl: has no requests"}));

TEST(Trace, OfAnUnknownFormOrNowhereIsRefused) {
  EXPECT_EQ(error_of("csv", "1,2"),
            "trace.csv: is not a trace by its name; traces end in .json or "
            "in .jsonl");
  EXPECT_THROW(read_trace("/nowhere/trace.jsonl"), sim::ConfigError);
  EXPECT_THROW(read_trace("/nowhere/trace.json"), sim::ConfigError);
}

}  // namespace
}  // namespace workloads
