// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/page.h"

#include <gtest/gtest.h>

#include "experiments/report/charts.h"
#include "experiments/report/html.h"

namespace report {
namespace {

using experiments::Point;
using experiments::PointResult;
using experiments::RunResult;
using experiments::TargetResult;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

bool has(const std::string& text, const std::string& part) {
  return count(text, part) > 0;
}

PointResult point(const std::string& variant, double throughput, double p99,
                  bool unstable = false) {
  const auto run = [&](double factor) {
    return RunResult{.unstable = unstable,
                     .values = {{"throughput_krps", throughput}, {"p99_us", factor * p99}}};
  };
  Point point{.variant = variant, .swept = {}, .params = {}, .resolved = "{\"a\": 1}", .key = {}};
  return {.point = point, .runs = {run(0.9), run(1.1)}, .error = {}};
}

TargetResult target(const std::string& tag, double value) {
  TargetResult result;
  result.target = {.id = "e2.wave.switch_us",
                   .what = "a switch",
                   .unit = "us",
                   .tag = tag,
                   .role = "prediction",
                   .source = "slides",
                   .expected = {},
                   .low = 6,
                   .high = 7,
                   .from = experiments::TargetSource{"e2", "handover_us", "wave_host_ptes"}};
  result.value = sim::Estimate{.mean = value, .half_width = 0.1, .n = 3};
  return result;
}

TEST(Html, EscapesWhateverCouldEndAnElementOrAnAttribute) {
  EXPECT_EQ(escaped("<a href='x' & \"y\">"), "&lt;a href=&#39;x&#39; &amp; &quot;y&quot;&gt;");
}

TEST(Html, StandsTheHeadingOfNumbersAboveThem) {
  const std::string html = table({"name", "count"}, {{{"a"}, {"1", "number"}}});
  EXPECT_TRUE(has(html, "<th scope=\"col\">name</th>"));
  EXPECT_TRUE(has(html, "<th scope=\"col\" class=\"number\">count</th>"));
}

TEST(CurveChart, DrawsAMarkerForEachPointAndAConfidenceBarWhereThereIsOne) {
  const CurveChart chart{
      .caption = {"p99", "curves"},
      .x_label = "x",
      .y_label = "y",
      .curves = {{"a", {{100, {20, 1}}, {200, {30, 0}}}}, {"b", {{100, {25, 2}}}}}};
  const std::string svg = drawn(chart);
  EXPECT_EQ(count(svg, "class=\"dot "), 3 + 2);  // and in the legend
  EXPECT_EQ(count(svg, "class=\"bar "), 2);
  EXPECT_TRUE(has(svg, "<title>p99</title><desc>curves</desc>"));
  EXPECT_TRUE(has(svg, "role=\"img\""));
}

TEST(CurveChart, IsNothingWithoutPoints) {
  EXPECT_EQ(drawn(CurveChart{}), "");
  EXPECT_EQ(drawn(BarChart{}), "");
}

TEST(Page, CountsAMissedGateAndLeavesARecalledNumberOutOfIt) {
  Findings findings;
  findings.targets.targets = {target("S", 6.5), target("S", 7.5), target("R", 8)};
  const std::string html = page(findings);
  EXPECT_TRUE(has(html, "1 of 2 numbers"));
  EXPECT_TRUE(has(html, "0 of 1 recalled"));
  EXPECT_EQ(count(html, "<td class=\"miss\">miss</td>"), 1);
  EXPECT_EQ(count(html, "<td class=\"pass\">pass</td>"), 1);
}

TEST(Page, DrawsOneCurveForEachSystemWithoutTheLoadsWhoseBacklogGrows) {
  Findings findings;
  findings.experiments["e4"] = {point("on_host", 100, 20), point("on_host", 200, 30),
                                point("wave_16", 100, 20), point("wave_16", 900, 5000, true)};
  const std::string html = page(findings);
  EXPECT_EQ(count(html, "<svg "), 1);  // there is no median and no p99.9
  EXPECT_EQ(count(html, "class=\"curve "), 2);
  EXPECT_EQ(count(html, "class=\"dot "), 3 + 2);
  EXPECT_TRUE(has(html, ">On-Host<"));
}

PointResult vm_point(const std::string& variant, int busy, double ginstr) {
  PointResult result;
  result.point.variant = variant;
  result.point.params.vm.busy = busy;
  result.point.swept = {{"vm.busy", std::to_string(busy)}};
  result.point.resolved = "{}";
  result.runs = {RunResult{.values = {{"throughput_ginstr", ginstr}, {"clock_ghz", 3.5}}}};
  return result;
}

TEST(Page, DrawsTheGainOfVirtualMachinesInItsParts) {
  Findings findings;
  for (const int busy : {1, 128}) {
    findings.experiments["e6"].push_back(vm_point("on_host", busy, 10));
    findings.experiments["e6"].push_back(vm_point("wave_free_ticks", busy, 10.5));
    findings.experiments["e6"].push_back(vm_point("wave", busy, 11));
  }
  const std::string html = page(findings);
  EXPECT_EQ(count(html, "<svg "), 2);  // nothing says what the agent's core costs, nor the power
  EXPECT_TRUE(has(html, ">whole<"));
  EXPECT_TRUE(has(html, ">turbo<"));
}

TEST(StackChart, DrawsEachPartWhereTheOneBeforeItEndsAndWritesTheSum) {
  const StackChart chart{.caption = {"split", "parts"},
                         .unit = "s",
                         .parts = {"sort", "merge", "sample", "wait"},
                         .stacks = {{"16 cores", {1, 2, 0, 1}}}};
  const std::string svg = drawn(chart);
  EXPECT_EQ(count(svg, "class=\"fill part "), 4);
  EXPECT_EQ(count(svg, "class=\"fill s"), 4);                     // the legend
  EXPECT_TRUE(has(svg, "x=\"12.0\" y=\"87.0\" width=\"99.0\""));  // a quarter of 396
  EXPECT_TRUE(has(svg, "x=\"111.0\" y=\"87.0\" width=\"198.0\""));
  EXPECT_TRUE(has(svg, "class=\"value\">4<"));
  EXPECT_EQ(drawn(StackChart{}), "");
}

PointResult memory_point(experiments::Placement placement, int threads) {
  PointResult result;
  result.point.params.system.placement = placement;
  result.point.params.memory.tiering.threads = threads;
  result.point.resolved = "{}";
  result.runs = {RunResult{.values = {{"whole_iteration_s", 0.75},
                                      {"scan_s", 0.25},
                                      {"await_s", 0.5},
                                      {"sorting_s", 0.0625},
                                      {"merging_s", 0.0625},
                                      {"sampling_s", 0.25}}}};
  return result;
}

TEST(Page, SplitsTheTimeOfAnIterationAndLeavesOutRunsThatEndedNoEpoch) {
  using experiments::Placement;
  Findings findings;
  findings.experiments["e8"] = {memory_point(Placement::kNic, 16),
                                memory_point(Placement::kHost, 1)};
  PointResult unfinished = memory_point(Placement::kNic, 1);
  unfinished.runs[0].values.clear();
  findings.experiments["e8"].push_back(unfinished);
  const std::string html = page(findings);
  EXPECT_EQ(count(html, "<svg "), 2);
  EXPECT_EQ(count(html, "class=\"curve "), 2);
  EXPECT_TRUE(has(html, "16 NIC cores"));
  EXPECT_TRUE(has(html, "1 host core"));
  EXPECT_FALSE(has(html, "1 NIC core<"));
  EXPECT_EQ(count(html, "<td class=\"number\">250.0</td>"), 4);  // scan and sample, twice
  EXPECT_EQ(count(html, "<td class=\"number\">125.0</td>"), 4);  // sort and merge, and the rest
}

TEST(Page, DrawsACurveOverEpochsForEachPolicy) {
  Findings findings;
  findings.experiments["e8"] = {memory_point(experiments::Placement::kNic, 1)};
  for (const char* policy : {"sol", "fastest", "slowest", "last_scan", "oracle"}) {
    PointResult result = memory_point(experiments::Placement::kNic, 16);
    result.point.variant = policy;
    for (const double until : {38.4, 76.8})
      result.runs[0].series.push_back({{"until_s", until}, {"footprint_gib", until / 2}});
    findings.experiments["e8_policies"].push_back(result);
  }
  const std::string html = page(findings);
  EXPECT_EQ(count(html, "<svg "), 3);  // of the three over epochs, there is one value
  EXPECT_EQ(count(html, "class=\"curve "), 6);
  EXPECT_TRUE(has(html, ">last_scan<"));
}

PointResult rpc_point(const std::string& variant, double rate) {
  PointResult result;
  result.point.variant = variant;
  result.point.params.rpc.emplace().cores = 9;
  result.point.resolved = "{}";
  result.runs = {RunResult{.values = {{"throughput_krps", rate},
                                      {"short_p99_us", rate / 2},
                                      {"goodput_krps", rate - 1},
                                      {"host_cores", 77},
                                      {"receive_ns", 100},
                                      {"deserialise_ns", 2000},
                                      {"dispatch_ns", 1000},
                                      {"hand_over_ns", 50},
                                      {"serialise_ns", 1500},
                                      {"send_ns", 150}}}};
  return result;
}

TEST(Page, DrawsCallsByConfigurationAndWhereTheStacksTimeGoes) {
  Findings findings;
  for (const char* variant : {"onhost_all", "offload_all", "offload_all_multi"})
    for (const double rate : {100.0, 200.0})
      findings.experiments["e7"].push_back(rpc_point(variant, rate));
  const std::string html = page(findings);
  EXPECT_EQ(count(html, "<svg "), 3);           // latency, goodput, stages
  EXPECT_EQ(count(html, "class=\"curve "), 6);  // of three variants each
  EXPECT_TRUE(has(html, ">Offload-All *<"));
  EXPECT_EQ(count(html, "<td class=\"number\">77</td>"), 2);
  EXPECT_EQ(count(html, "<td class=\"number\">9</td>"), 2);
}

TEST(Page, EscapesWhatExperimentsAndTargetsSay) {
  Findings findings;
  findings.version = "<script>1</script>";
  findings.targets.targets = {target("S", 6.5)};
  findings.targets.targets[0].target.what = "<b>";
  findings.experiments["e4"] = {point("<i>", 100, 20)};
  const std::string html = page(findings);
  for (const char* tag : {"<script>", "<b>", "<i>"}) EXPECT_FALSE(has(html, tag)) << tag;
}

TEST(Page, SaysWhichServiceTimesWereUsedAndListsWhatIsAssumed) {
  Findings findings;
  findings.experiments["e4"] = {point("on_host", 100, 20)};
  const std::string html = page(findings);
  EXPECT_TRUE(has(html, "the shape of capture &quot;rocksdb_get&quot;"));
  EXPECT_TRUE(has(html, "machine.linux.futex_wait"));                   // assumed
  EXPECT_FALSE(has(html, "<td class=\"name\">machine.linux.syscall"));  // published
}

TEST(Page, NeedsNothingFromOutside) {
  const std::string html = page(Findings{});
  for (const char* part : {"http:", "https:", "<script", "<link", "@import", "url("})
    EXPECT_FALSE(has(html, part)) << part;
}

}  // namespace
}  // namespace report
