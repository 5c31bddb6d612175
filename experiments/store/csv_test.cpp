// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/csv.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace store {
namespace {

/// As of two sweeps over different paths, one of which found less.
std::vector<sim::Json> documents() {
  return {sim::Json::parse(R"({"key": "0a", "variant": "nic", "swept": {"system.workers": "8"},
            "unstable": false, "values": {"p99_us": {"mean": 12.5, "half_width": 0.1, "n": 3},
                                          "krps": {"mean": 1e3, "half_width": null, "n": 1}}})"),
          sim::Json::parse(R"({"key": "0b", "variant": "", "swept": {"a.b": "x, \"y\""},
            "unstable": true, "ended_by": "time",
            "values": {"krps": {"mean": 0.1, "half_width": 0.25, "n": 2}}})")};
}

TEST(Csv, InLongFormHasARowForEachValue) {
  EXPECT_EQ(long_csv(documents()),
            "key,variant,system.workers,a.b,unstable,ended_by,value,mean,half_width,n\n"
            "0a,nic,8,,0,,p99_us,12.5,0.1,3\n"
            "0a,nic,8,,0,,krps,1000.0,,1\n"
            "0b,,,\"x, \"\"y\"\"\",1,time,krps,0.1,0.25,2\n");
}

TEST(Csv, InWideFormHasARowForEachPoint) {
  EXPECT_EQ(wide_csv(documents()),
            "key,variant,system.workers,a.b,unstable,ended_by,"
            "p99_us,p99_us_half_width,p99_us_n,krps,krps_half_width,krps_n\n"
            "0a,nic,8,,0,,12.5,0.1,3,1000.0,,1\n"
            "0b,,,\"x, \"\"y\"\"\",1,time,,,,0.1,0.25,2\n");
}

TEST(Csv, OfNothingIsAHeading) {
  EXPECT_EQ(long_csv({}), "key,variant,unstable,ended_by,value,mean,half_width,n\n");
  EXPECT_EQ(wide_csv({}), "key,variant,unstable,ended_by\n");
}

}  // namespace
}  // namespace store
