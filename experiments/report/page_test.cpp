// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/page.h"

#include <gtest/gtest.h>

#include "experiments/report/charts.h"
#include "experiments/report/figure_file.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"

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

/// The page without its own scripts, which speak of elements too.
std::string html_of(const Findings& findings) {
  std::string html = page(findings);
  const std::string end = "</script>";
  const auto from = html.find("<script>");
  return html.erase(from, html.find(end, from) + end.size() - from);
}

/// As a regression has them: for the paper's sections, and as records.
void add(Findings& findings, const std::string& name, const PointResult& result) {
  findings.experiments[name].push_back(result);
  findings.records.push_back(record_of(result, name));
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
  EXPECT_EQ(escaped("\x1b[1m\tbold\n"), "?[1m\tbold\n");
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
  const std::string html = html_of(findings);
  EXPECT_TRUE(has(html, "1 of 2 numbers"));
  EXPECT_TRUE(has(html, "0 of 1 recalled"));
  EXPECT_EQ(count(html, "<td class=\"miss\">miss</td>"), 1);
  EXPECT_EQ(count(html, "<td class=\"pass\">pass</td>"), 1);
}

TEST(Page, DrawsOneCurveForEachSystemWithoutTheLoadsWhoseBacklogGrows) {
  Findings findings;
  findings.experiments["e4"] = {point("on_host", 100, 20), point("on_host", 200, 30),
                                point("wave_16", 100, 20), point("wave_16", 900, 5000, true)};
  const std::string html = html_of(findings);
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
  const std::string html = html_of(findings);
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
  const std::string html = html_of(findings);
  EXPECT_EQ(count(html, "<svg "), 1);
  EXPECT_TRUE(has(html, "16 NIC cores"));
  EXPECT_TRUE(has(html, "1 host core"));
  EXPECT_FALSE(has(html, "1 NIC core<"));
  EXPECT_EQ(count(html, "<td class=\"number\">250.0</td>"), 4);  // scan and sample, twice
  EXPECT_EQ(count(html, "<td class=\"number\">125.0</td>"), 4);  // sort and merge, and the rest
}

TEST(Page, DrawsIterationsOverCoresWhereThereAreThreeOrMore) {
  using experiments::Placement;
  Findings findings;
  for (const int threads : {1, 4, 16})
    findings.experiments["e8"].push_back(memory_point(Placement::kNic, threads));
  for (const int threads : {1, 16})
    findings.experiments["e8"].push_back(memory_point(Placement::kHost, threads));
  const std::string html = html_of(findings);
  EXPECT_EQ(count(html, "<svg "), 2);
  EXPECT_EQ(count(html, "class=\"curve "), 1);
}

TEST(Page, DrawsACurveOverEpochsForEachPolicy) {
  Findings findings;
  for (const char* policy : {"sol", "fastest", "slowest", "last_scan", "oracle"}) {
    PointResult result = memory_point(experiments::Placement::kNic, 16);
    result.point.variant = policy;
    for (const double until : {38.4, 76.8})
      result.runs[0].series.push_back({{"until_s", until}, {"footprint_gib", until / 2}});
    findings.experiments["e8_policies"].push_back(result);
  }
  const std::string html = html_of(findings);
  EXPECT_EQ(count(html, "<svg "), 1);  // of the three over epochs, there is one value
  EXPECT_EQ(count(html, "class=\"curve "), 5);
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
  const std::string html = html_of(findings);
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
  add(findings, "e4", point("<i>", 100, 20));
  findings.records.front().swept = {{"workload.arrivals.rate", "</script><u>"}};
  const std::string html = html_of(findings);
  for (const char* tag : {"<script>", "<b>", "<i>", "<u>"}) EXPECT_FALSE(has(html, tag)) << tag;
}

TEST(Page, SaysWhichServiceTimesWereUsedAndListsWhatIsAssumed) {
  Findings findings;
  add(findings, "e4", point("on_host", 100, 20));
  const std::string html = html_of(findings);
  EXPECT_TRUE(has(html, "the shape of capture &quot;rocksdb_get&quot;"));
  EXPECT_TRUE(has(html, "machine.linux.futex_wait"));                          // assumed
  EXPECT_FALSE(has(html, "<td class=\"name\">machine.linux.context_switch"));  // published
}

TEST(Page, NeedsNothingFromOutsideAndMayLoadNothing) {
  const std::string html = html_of(Findings{});
  for (const char* part : {"http:", "https:", "<script", "<link", "@import", "url(", " src="})
    EXPECT_FALSE(has(html, part)) << part;
  EXPECT_TRUE(has(html, "default-src &#39;none&#39;") || has(html, "default-src 'none'"));
}

TEST(Page, CarriesTheLicenceOfWhatIsNotOurs) {
  EXPECT_TRUE(has(html_of(Findings{}), "Copyright (c) 2022 Leon Sorokin"));
}

Record load_point(const std::string& variant, const std::string& rate, double mean_us,
                  bool unstable = false) {
  Record record;
  record.source = "e4";
  record.key = "k-" + variant + rate;
  record.version = "0.1.0";
  record.variant = variant;
  record.swept = {{"workload.arrivals.rate", rate}};
  record.unstable = unstable;
  record.values = {{"throughput_krps", {mean_us * 10, 1}},
                   {"p99_us", {mean_us * 2, 0.5}},
                   {"mean_us", {mean_us, 0}},
                   {"user_share", {0.5, 0}},
                   {"idle_share", {0.25, 0}}};
  record.runs = {{7, "00c0ffee"}, {8, "0ddba11"}};
  record.statistics = {{"cpus.user", 50'000}, {"requests.completed", 5}};
  record.experiment = R"({"system":{"workers":)" + std::string(variant == "a" ? "3" : "4") + "}}";
  return record;
}

TEST(Page, SplitsTheMeanLatencyAndNamesWhatIsNotCounted) {
  Findings findings;
  findings.records = {load_point("a", "100 k/s", 16), load_point("b", "100 k/s", 18),
                      load_point("a", "1 M/s", 40), load_point("b", "1 M/s", 90, true)};
  const std::string html = time_goes(findings);
  EXPECT_EQ(count(html, "<figure"), 2);  // at 100 k/s, where both keep up; latency and CPUs
  EXPECT_TRUE(has(html, "Mean latency at 100 k/s"));
  EXPECT_FALSE(has(html, "at 1 M/s"));
  EXPECT_EQ(count(html, "<td class=\"number\">10</td>"), 2);  // 50 us for five requests
  EXPECT_EQ(count(html, "<td class=\"number\">6</td>"), 1);   // what is left of 16
  EXPECT_EQ(count(html, "<td class=\"number\">8</td>"), 1);
  EXPECT_EQ(count(html, "<td class=\"number\">25</td>"), 4);  // idle, and neither user nor idle
}

TEST(Page, SaysWhatEachVariantChangesAndHowToFindAPointAgain) {
  Findings findings;
  findings.records = {load_point("a", "100 k/s", 16), load_point("b", "100 k/s", 18)};
  EXPECT_TRUE(has(differences(findings), "a: 3; b: 4"));
  const std::string found = provenance(findings);
  for (const char* part : {"k-a100 k/s", "7 to 8", "00c0ffee 0ddba11", "2 points by wavesim 0.1.0"})
    EXPECT_TRUE(has(found, part)) << part;
}

TEST(Page, ShowsTheValuesOfASinglePointAtOnce) {
  Findings findings;
  findings.records = {load_point("a", "100 k/s", 16)};
  EXPECT_TRUE(has(every_value(findings), "<details open><summary>"));
  EXPECT_TRUE(has(every_value(findings), ": 1 point</summary>"));
  findings.records[0].unstable = true;
  EXPECT_TRUE(has(verdict(findings), "1 point of "));
  EXPECT_TRUE(has(verdict(findings), "; 1 was offered more than it keeps up with."));
  findings.records.push_back(load_point("b", "100 k/s", 18));
  EXPECT_TRUE(has(every_value(findings), "<details><summary>"));
  EXPECT_TRUE(has(verdict(findings), "2 points of "));
}

TEST(Page, SaysWhatASweepHasNotRun) {
  Findings findings;
  findings.records = {load_point("a", "100 k/s", 16)};
  EXPECT_FALSE(has(verdict(findings), "This is a part"));
  findings.missing = {load_point("a", "200 k/s", 16), load_point("a", "300 k/s", 16)};
  findings.missing[1].error = "it broke";
  EXPECT_TRUE(has(verdict(findings),
                  "This is a part: 2 points more were asked for; 1 is still to run (the same sweep "
                  "goes on); 1 failed."));
}

TEST(Page, DrawsTheMachineOfTheResultsOrSaysThatItCannot) {
  Findings findings;
  findings.records = {load_point("a", "100 k/s", 16)};
  EXPECT_TRUE(has(machine_picture(findings), "host core to NIC core 421 ns"));
  findings.records[0].experiment = R"({"former":1})";
  EXPECT_TRUE(has(machine_picture(findings), "Another version"));
}

TEST(Page, OffersTheCurvesOfEachExperimentAndShowsTheFirst) {
  Findings findings;
  findings.records = {load_point("a", "100 k/s", 16), load_point("a", "200 k/s", 20),
                      load_point("b", "100 k/s", 18)};
  findings.records.push_back(load_point("a", "100 k/s", 16));
  findings.records.back().source = "e5";
  const std::string html = explorer(findings);
  EXPECT_EQ(count(html, "class=\"curve "), 2);
  EXPECT_EQ(count(html, "\"x\":\"v0\",\"y\":\"v1\""), 2);
  EXPECT_EQ(count(html, "[100.0,\"100 k/s\"]"), 3);
}

TEST(Page, ShowsWhatDiffersSideBySideWhereNothingIsSwept) {
  Findings findings;
  add(findings, "two", point("host", 100, 20));
  add(findings, "two", point("wave", 100, 30));
  const std::string drawings = side_by_side(findings);
  EXPECT_TRUE(has(drawings, "<title>p99, µs</title>"));
  EXPECT_EQ(count(drawings, "class=\"fill s0\""), 2);
  EXPECT_FALSE(has(drawings, "throughput")) << "it is the same in both";
  add(findings, "two", point("overloaded", 100, 9000, true));
  EXPECT_EQ(side_by_side(findings), drawings);
  findings.targets.targets = {target("S", 6.5)};
  EXPECT_EQ(side_by_side(findings), "") << "the paper's parts draw it";
  findings.targets.targets.clear();
  for (Record& record : findings.records) record.swept = {{"system.workers", "8"}};
  EXPECT_EQ(side_by_side(findings), "") << "there are curves";
}

TEST(Page, DrawsTheLargestEffectsFirst) {
  Findings findings;
  const auto effect = [](const char* path, double low, double high) {
    return experiments::Effect{.path = path,
                               .tag = 'A',
                               .low = "1 ns",
                               .high = "2 ns",
                               .ratio = "gain",
                               .at_default = 2,
                               .at_low = low,
                               .at_high = high};
  };
  findings.effects = {effect("small", 1.9, 2.1), effect("large", 1, 3)};
  const std::string html = sensitivities(findings);
  EXPECT_EQ(count(html, "class=\"fill s"), 2 + 2 * 2);  // the legend, and both halves of each
  EXPECT_LT(html.find("large [A]"), html.find("small [A]"));
}

TEST(Page, DrawsNoBarToAnOverloadedEnd) {
  Findings findings;
  findings.effects = {{.path = "workers",
                       .tag = 'R',
                       .low = "1",
                       .high = "64",
                       .ratio = "p50_us",
                       .at_default = 2,
                       .at_low = 7206,
                       .at_high = 2.5,
                       .low_overloaded = true}};
  const std::string html = sensitivities(findings);
  EXPECT_EQ(count(html, "class=\"fill s"), 2 + 1);  // the legend, and one half
  EXPECT_TRUE(has(html, "low, overloaded"));
  EXPECT_FALSE(has(html, "7206"));
}

TEST(Page, DrawsTwoSharesOfTheVarianceForEachParameter) {
  Findings findings;
  findings.shares = {
      {.value = "p99_us", .path = "a", .tag = 'R', .first = {0.5, 0.1}, .total = {0.75, 0.1}},
      {.value = "p99_us", .path = "b", .tag = 'A', .first = {-0.01, 0.1}, .total = {0.25, 0.1}}};
  const std::string html = sensitivities(findings);
  EXPECT_EQ(count(html, "class=\"fill s0\""), 4);
  EXPECT_EQ(count(html, "<figure"), 1);
  EXPECT_TRUE(has(html, "a [R]<"));
  EXPECT_LT(html.find("with its interactions"), html.find("b [A]"));
  EXPECT_EQ(count(html, "width=\"-"), 0) << "a share below zero has no bar";
  EXPECT_FALSE(has(html, "paper"));
  EXPECT_FALSE(has(page(findings), "0 points"));
}

TEST(FigureFile, IsADrawingOfItsOwnThatNeedsNoStyleSheet) {
  const CurveChart chart{.caption = {"p99", "curves"},
                         .x_label = "x",
                         .y_label = "y, µs",
                         .curves = {{"a", {{100, {20, 1}}, {200, {30, 0}}}}}};
  const std::string svg = figure_file(chart, "Latency");
  EXPECT_TRUE(
      has(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"84mm\" height=\"66.00mm\""));
  EXPECT_TRUE(has(svg, ">Latency</text>"));
  EXPECT_TRUE(has(svg, "y, µs"));
  EXPECT_FALSE(has(svg, "var("));
  const std::string untitled = figure_file(chart);
  EXPECT_TRUE(has(untitled, "viewBox=\"0 20 420 310\""));
  EXPECT_EQ(figure_file(CurveChart{}), "");
}

}  // namespace
}  // namespace report
