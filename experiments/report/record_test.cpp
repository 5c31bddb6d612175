// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/record.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/config_error.h"

namespace report {
namespace {

Record read(const std::string& text) {
  return record_of(sim::Json::parse(text), "e4");
}

constexpr const char* kDocument = R"({"key":"k","version":"1","variant":"wave",
  "swept":{"a.b":"2 ns","c":{"d":1}},"unstable":true,
  "values":{"p99_us":{"mean":3,"half_width":null,"n":1},"mean_us":{"mean":null,"half_width":null,"n":0}},
  "runs":[{"seed":4,"trace_hash":"ab","statistics":{"cpus":{"user":"2 us","switches":6,"size":"4 KiB"}}},
          {"seed":5,"trace_hash":"cd","statistics":{"cpus":{"user":"500 ns","switches":9,"size":null}}}],
  "experiment":{"run":{"seed":4}}})";

TEST(Record, HasWhatTheDocumentSays) {
  const Record record = read(kDocument);
  EXPECT_EQ(name_of(record), "wave, a.b = 2 ns, c = {\"d\":1}");
  EXPECT_TRUE(record.unstable);
  EXPECT_EQ(record.value("p99_us")->value, 3);
  EXPECT_EQ(record.value("p99_us")->half_width, 0);
  EXPECT_FALSE(record.value("mean_us"));  // there was no sample
  ASSERT_EQ(record.runs.size(), 2);
  EXPECT_EQ(record.runs[1].seed, 5);
  EXPECT_EQ(record.runs[1].trace_hash, "cd");
}

TEST(Record, AveragesStatisticsOverReplicationsWithTimesInNanoseconds) {
  const Record record = read(kDocument);
  EXPECT_EQ(record.statistic("cpus.user"), 1250);
  EXPECT_EQ(record.statistic("cpus.switches"), 7.5);
  EXPECT_FALSE(record.statistic("cpus.size"));
}

TEST(Record, OfAFailedPointHasItsErrorAlone) {
  const Record record =
      read(R"({"key":"k","version":"1","variant":"","swept":{},"error":"no","experiment":{}})");
  EXPECT_EQ(record.error, "no");
  EXPECT_TRUE(record.values.empty());
  EXPECT_EQ(name_of(record), "the only point");
}

TEST(Record, RefusesWhatIsNoResultDocument) {
  for (const char* text : {"{}", "[]", "3", R"({"key":"k"})"})
    EXPECT_THROW(read(text), sim::ConfigError) << text;
}

}  // namespace
}  // namespace report
