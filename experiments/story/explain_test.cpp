// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/explain.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "experiments/points/experiment_file.h"
#include "experiments/story/recording.h"
#include "experiments/story/story_writers.h"
#include "sim/config_error.h"

namespace story {
namespace {

using namespace std::chrono_literals;
using experiments::ExperimentParams;
using memory::MemoryType;
using sim::Duration;
using sim::Time;
using sim::operator""_ps;

/// The variants of E2, from its own file; each told once.
struct E2 {
  E2() {
    for (const experiments::Point& point :
         experiments::expand(sim::Document::load(std::string(PAPER_FOLDER) + "/e2.json"))) {
      params.emplace(point.variant, point.params);
      stories.emplace(point.variant, explain(point.params, 1, std::nullopt));
    }
  }
  std::map<std::string, ExperimentParams> params;
  std::map<std::string, Story> stories;
};
const E2& e2() {
  static const E2 told;
  return told;
}
const Story& story_of(const std::string& variant) {
  return e2().stories.at(variant);
}

std::vector<Event> events_of(const Story& story, const std::string& who) {
  std::vector<Event> events;
  std::ranges::copy_if(story.events, std::back_inserter(events),
                       [&](const Event& event) { return event.who == who; });
  return events;
}

// ---- Nothing is left out, nothing told twice ----

TEST(Explain, TheCpusStepsFillItsHandoverToThePicosecond) {
  for (const auto& [variant, story] : e2().stories) {
    Time at = story.begin;
    for (const Event& event : events_of(story, story.cpu)) {
      EXPECT_EQ(event.begin, at) << variant << ": " << event.what;
      at = event.end;
    }
    EXPECT_EQ(at, story.end) << variant;
  }
}

TEST(Explain, ReasonsAddUpToWhatTheyAreFor) {
  for (const auto& [variant, story] : e2().stories)
    for (const Event& event : story.events) {
      if (event.reasons.empty()) continue;
      Duration sum{};
      for (const Reason& reason : event.reasons) sum += reason.took;
      EXPECT_EQ(sum, event.took()) << variant << ": " << event.activity << ", " << event.what;
    }
}

Story told(const std::string& experiment, std::optional<std::int64_t> decision = std::nullopt) {
  const auto points = experiments::expand(sim::Document::parse(experiment, "e.json"));
  return explain(points.front().params, 1, decision);
}

void expect_no_negative_time(const Story& story) {
  for (const Event& event : story.events) {
    Duration sum{};
    for (const Reason& reason : event.reasons) {
      EXPECT_GE(reason.took, Duration{}) << event.what << ": " << reason.what;
      sum += reason.took;
    }
    if (event.reasons.empty()) continue;
    EXPECT_EQ(sum, event.took()) << event.what;
  }
}

/// The link stands still, and the root port answers for it.
TEST(Explain, AReadWithoutAnAnswerTakesTheTimeout) {
  bool seen = false;
  for (std::int64_t decision = 15; decision <= 25; ++decision) {
    const Story story = told(R"({"run": {"warm_up": "5 ms", "length": "10 ms"},
        "machine": {"pcie": {"link": {"completion_timeout": "50 us"}}},
        "workload": {"arrivals": {"rate": "200 k/s"}},
        "faults": [{"kind": "link_stall", "at": "5.1 ms", "for": "500 us"}]})",
                             decision);
    expect_no_negative_time(story);
    for (const Event& event : story.events)
      for (const Reason& reason : event.reasons)
        seen = seen || reason.parameter == "machine.pcie.link.completion_timeout";
  }
  EXPECT_TRUE(seen);
}

/// Payloads across the link are more than is remembered of them.
TEST(Explain, GoesWithoutTripsThatAreLongPast) {
  expect_no_negative_time(told(R"({"run": {"warm_up": "1 ms", "length": "20 ms"},
      "system": {"workers": 8}, "workload": {"threads": 64, "arrivals": {"rate": "20 k/s"}},
      "rpc": {"placement": "nic", "cores": 8, "channel": {"payload": "nic"},
              "clients": {"request": {"mean": "64 KiB"}}}})"));
}

/// A decision for a CPU of the second socket, where the first has eight.
Story story_across_sockets() {
  ExperimentParams p = e2().params.at("wave_host_ptes");
  p.machine.host.ccds = 1;
  p.system.workers = 11;
  p.workload.arrivals.rate = sim::Rate{110e3};
  for (std::int64_t decision = 1;; ++decision)
    if (Story story = explain(p, 1, decision); story.cpu == "cpu10") return story;
}

TEST(Explain, TheOtherSocketIsALegOfEachWayToTheNicAndBack) {
  const Story story = story_across_sockets();
  static const std::regex number("[0-9]+");
  std::map<std::string, int> legs;
  for (const Event& event : story.events) {
    if (event.reasons.empty()) continue;
    Duration sum{};
    for (const Reason& reason : event.reasons) {
      sum += reason.took;
      if (reason.what == "between the sockets")
        ++legs[std::regex_replace(event.activity + ", " + event.what, number, "N")];
    }
    EXPECT_EQ(sum, event.took()) << event.activity;
  }
  EXPECT_EQ(legs["interrupt, MSI-X: decision"], 1);
  EXPECT_EQ(legs["message: thread N, write N B"], 1);
  EXPECT_EQ(legs["look for decision, load WT, N B, miss: decision: thread N on cpuN"], 2);
}

TEST(Explain, TheCriticalPathLeadsFromEndToEndAndItsSharesAreTheWhole) {
  for (const auto& [variant, story] : e2().stories) {
    Time at = story.begin;
    int tenths = 0;
    for (const PathPart& part : story.path) {
      EXPECT_EQ(part.begin, at) << variant << ": " << part.what;
      at = part.end;
      tenths += part.tenths;
      EXPECT_NE(part.what, "not recorded");
    }
    EXPECT_EQ(at, story.end) << variant;
    EXPECT_EQ(tenths, 1000) << variant;
  }
}

/// What is told is what `handover_us` of the experiment counts.
TEST(Explain, HandoversAreThoseThatTheKernelCounts) {
  const ExperimentParams& p = e2().params.at("wave_prestaged");
  experiments::Server server(p.machine, p.system, p.workload, 1);
  Recording recording(server.simulation(), {});
  for (const experiments::CorePlace& place : server.cores()) recording.add_core(place);
  server.observe(recording.observers());
  server.run_until(Time{2ms});
  server.observe({});
  const scheduling::CpuStats cpus = server.stats().cpus;
  Duration sum{};
  for (const Handover& handover : recording.handovers()) sum += handover.took();
  EXPECT_GT(cpus.handovers, 100);
  EXPECT_EQ(std::ssize(recording.handovers()), cpus.handovers);
  EXPECT_EQ(sum, cpus.handover);
}

TEST(Explain, ChangesNothingInTheRun) {
  const ExperimentParams& p = e2().params.at("wave_host_ptes");
  experiments::Server server(p.machine, p.system, p.workload, 1);
  server.run_until(server.simulation().now());
  Time now{p.run.warm_up};
  server.run_until(now);
  const std::uint64_t wanted = story_of("wave_host_ptes").trace_hash;
  for (int looks = 0; looks < 1000 && server.simulation().hash() != wanted; ++looks)
    server.run_until(now += 20us);
  EXPECT_EQ(server.simulation().hash(), wanted);
}

// ---- What it says ----

/// The one event of that activity and name on the CPU.
Event the(const Story& story, const std::string& activity, const std::string& what) {
  std::vector<Event> found;
  for (const Event& event : events_of(story, story.cpu))
    if (event.activity.starts_with(activity) && event.what.starts_with(what))
      found.push_back(event);
  EXPECT_EQ(found.size(), 1u) << activity << ", " << what;
  return found.empty() ? Event{} : found.front();
}

Duration reason(const Event& event, const std::string& parameter) {
  Duration sum{};
  for (const Reason& r : event.reasons)
    if (r.parameter == parameter) sum += r.took;
  return sum;
}

TEST(Explain, NamesTheParametersOfAStepWithTheirValues) {
  const Story& story = story_of("wave_prestaged");
  const auto& linux_kernel = e2().params.at("wave_prestaged").machine.linux_kernel;
  const Event stop = the(story, "stop", "compute");
  EXPECT_EQ(reason(stop, "machine.linux.syscall_entry"), linux_kernel.syscall_entry);
  EXPECT_EQ(reason(stop, "machine.linux.futex_wait"), linux_kernel.futex_wait);
  EXPECT_EQ(stop.took(), linux_kernel.syscall_entry + linux_kernel.futex_wait);
  const Event send = the(story, "message", "store WC, 64 B: TASK_BLOCKED");
  EXPECT_EQ(reason(send, "machine.host.core.wc_store_issue"), 8 * 780_ps);
  const auto used =
      std::ranges::find(story.parameters, "machine.linux.futex_wait", &ParameterUse::path);
  ASSERT_NE(used, story.parameters.end());
  EXPECT_EQ(used->tag, 'A');
  EXPECT_EQ(used->value, "180 ns");
}

/// With uncached queues a message is six stores, and each is a packet of its own.
TEST(Explain, UncachedStoresCrossTheLinkOneByOne) {
  const Story& story = story_of("wave_unoptimised");
  const Event send = the(story, "message", "store UC, 48 B: TASK_BLOCKED");
  EXPECT_EQ(send.took(), 6 * 50ns);
  std::int64_t messages = 0;
  for (const Event& event : events_of(story, story.cpu))
    messages += event.what.starts_with("store UC, 48 B") ? 1 : 0;
  const auto packets = std::ranges::count_if(story.events, [](const Event& event) {
    return event.lane == Lane::kToNic && event.what == "write 8 B" &&
           event.activity.starts_with("message");
  });
  EXPECT_EQ(packets, 6 * messages);
}

/// E1's 750 ns, leg by leg, for each word of a decision that is read uncached; less 80 ns because
/// the agent has just written it, so that it is in the NIC's last-level cache.
TEST(Explain, AnUncachedLoadIsOneRoundTrip) {
  const Story& story = story_of("wave_nic_wb");
  int loads = 0;
  for (const Event& event : events_of(story, story.cpu)) {
    if (!event.what.starts_with("load UC, 8 B")) continue;
    ++loads;
    EXPECT_NEAR(sim::to_ns(event.took()), 750 - 80, 1) << event.what;
    EXPECT_EQ(reason(event, "machine.nic.caches.last_level"), 35ns);
    EXPECT_EQ(reason(event, "machine.pcie.endpoint.bar_to_mesh"), 162'500_ps);
    EXPECT_EQ(reason(event, "machine.pcie.link.flight"), 2 * 130ns);
  }
  EXPECT_EQ(loads, 5) << "the flag and four words";
}

std::set<std::string> on_path(const Story& story, Lane lane) {
  std::set<std::string> what;
  for (const PathPart& part : story.path)
    if (part.lane == lane) what.insert(part.what);
  return what;
}

TEST(Explain, WithoutPrestagingThePathLeadsOverTheAgentAndAnInterrupt) {
  const Story& story = story_of("wave_host_ptes");
  EXPECT_TRUE(on_path(story, Lane::kNic).contains("decide"));
  EXPECT_TRUE(on_path(story, Lane::kToHost).contains("MSI-X: decision"));
  EXPECT_TRUE(
      on_path(story, Lane::kToNic).contains("TASK_BLOCKED thread " + std::to_string(story.from)));
}

/// Not the typical decision: under this load its CPU is woken up for the thread that it has just
/// let go, and by the time that is done the agent has long decided. This one the CPU waits for.
Story story_that_waits_for_its_agent() {
  for (std::int64_t decision = 1;; ++decision)
    if (Story story = explain(e2().params.at("on_host"), 1, decision);
        on_path(story, Lane::kNic).contains("decide"))
      return story;
}

TEST(Explain, OnTheHostTheInterruptIsAnIpi) {
  const Story story = story_that_waits_for_its_agent();
  EXPECT_EQ(on_path(story, Lane::kToHost), std::set<std::string>{"IPI: reschedule"});
  EXPECT_EQ(reason(*std::ranges::find(story.events, "interrupt", &Event::activity),
                   "machine.linux.interrupts.ipi_deliver"),
            450ns);
}

TEST(Explain, APrestagedDecisionIsThereAndTheAgentIsNotOnThePath) {
  const Story& story = story_of("wave_prestaged");
  EXPECT_TRUE(on_path(story, Lane::kNic).empty());
  EXPECT_LT(story.events.front().begin, story.begin) << "it was decided before";
  const Event look = the(story, "look for decision", "load WT, 8 B, on its way: decision");
  EXPECT_TRUE(on_path(story, Lane::kToHost).contains("line that was prefetched"));
  EXPECT_GT(look.took(), Duration{});
}

/// The same system without the prefetch: its prefetch instruction would cost more than it saves if
/// the line were not wanted; here it would have been, and the load pays for the whole way.
TEST(Explain, WithoutPrestagingNothingIsPrefetched) {
  for (const char* variant : {"wave_host_ptes", "wave_nic_wb", "wave_unoptimised", "on_host"})
    for (const Event& event : events_of(story_of(variant), story_of(variant).cpu))
      EXPECT_FALSE(event.what.starts_with("prefetch")) << variant;
  EXPECT_LT(story_of("wave_prestaged").took(), story_of("wave_host_ptes").took());
}

TEST(Explain, TellsTheDecisionThatIsAskedFor) {
  const ExperimentParams& p = e2().params.at("wave_host_ptes");
  const Story first = explain(p, 1, 1);
  const Story third = explain(p, 1, 3);
  EXPECT_EQ(first.number, 1);
  EXPECT_EQ(third.number, 3);
  EXPECT_GT(third.end, first.end);
  EXPECT_EQ(as_text(third), as_text(explain(p, 1, 3)));
}

TEST(Explain, RefusesWhatHasNoDecisions) {
  ExperimentParams p = e2().params.at("wave_host_ptes");
  EXPECT_THROW(explain(p, 1, 0), sim::ConfigError);
  EXPECT_THROW(explain(p, 1, kMostDecisions + 1), sim::ConfigError);
  p.run.length = 1ms;
  EXPECT_THROW(explain(p, 1, kMostDecisions), sim::ConfigError);
  p.run.measure = experiments::Measure::kHardware;
  EXPECT_THROW(explain(p, 1, std::nullopt), sim::ConfigError);
  p.run.measure = experiments::Measure::kLoad;
  p.system.placement = experiments::Placement::kKernel;
  EXPECT_THROW(explain(p, 1, std::nullopt), sim::ConfigError);
}

// ---- How it is written ----

TEST(Explain, ThePageAsksNothingOfTheNetwork) {
  const std::string page = as_html({story_of("on_host"), story_of("wave_prestaged")}, "E2 <both>");
  EXPECT_EQ(page.find("http"), std::string::npos);
  EXPECT_EQ(page.find("src="), std::string::npos);
  EXPECT_NE(page.find("E2 &lt;both&gt;"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
}

}  // namespace
}  // namespace story
