// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/fault_watch.h"

#include <gtest/gtest.h>
#include <map>

#include "sim/document.h"
#include "sim/json.h"

namespace experiments {
namespace {

/// A watchdog with so little patience that it ends agents which only have much to do.
std::map<std::string, double> values_with_impatient_watchdog(const std::string& fault) {
  const auto document = sim::Document::parse(
      R"({"run": {"warm_up": "1 ms", "length": "18 ms", "settle": "1 ms"},
          "system": {"workers": 2, "life": {"keeper": {
            "watchdog": "20 us", "look_every": "100 us", "restart_after": "100 us", "fallback": "none"}}},
          "workload": {"threads": 40, "arrivals": {"rate": "100 k/s"}},
          "faults": [)" +
          fault + "]}",
      "an impatient watchdog");
  const RunResult result = run_once(sim::read<ExperimentParams>(document), 1);
  return {result.values.begin(), result.values.end()};
}

TEST(FaultWatch, DoesNotTakeTheEndOfAnEarlierAgentForTheFaultsDiscovery) {
  const auto values =
      values_with_impatient_watchdog(R"({"kind": "link_stall", "at": "6 ms", "for": "1 ms"})");
  EXPECT_GT(values.at("watchdog_firings_count"), 1);
  EXPECT_GT(values.at("detected_us"), 0);
}

TEST(FaultWatch, SaysNothingOfAFaultThatNobodyNotices) {
  const auto values =
      values_with_impatient_watchdog(R"({"kind": "link_stall", "at": "18.9 ms", "for": "10 us"})");
  EXPECT_GT(values.at("watchdog_firings_count"), 1);
  EXPECT_FALSE(values.contains("detected_us"));
}

}  // namespace
}  // namespace experiments
