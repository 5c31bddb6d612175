// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/trace_run.h"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "experiments/system/tiered_server.h"
#include "experiments/system/vm_host.h"
#include "sim/config_error.h"
#include "sim/test_perfetto.h"
#include "sim/trace_timeline.h"
#include "sim/trace_writers.h"

namespace story {
namespace {

using namespace std::chrono_literals;
using experiments::ExperimentParams;
using experiments::Placement;
using sim::Time;
using sim::TraceLog;

constexpr Window kWindow{Time{1'000us}, Time{1'100us}};

ExperimentParams eight_workers(Placement placement) {
  ExperimentParams p;
  p.system.placement = placement;
  p.system.workers = 8;
  p.workload.threads = 40;
  p.workload.arrivals.rate = sim::Rate{400e3};
  return p;
}

/// Nothing cached, nothing staged: every access is to be seen.
ExperimentParams uncached() {
  ExperimentParams p = eight_workers(Placement::kNic);
  p.system.nic_mapping = p.system.message_mapping = p.system.decision_mapping =
      memory::MemoryType::kUncached;
  p.system.prestage = false;
  return p;
}

ExperimentParams called_over_a_network() {
  ExperimentParams p = eight_workers(Placement::kNic);
  p.rpc.emplace();
  p.rpc->cores = 4;
  p.workload.arrivals.rate = sim::Rate{200e3};
  return p;
}

struct Recorded {
  TraceLog log;
  TracedRun run;

  std::string name(const TraceLog::Span& span) const { return log.name(span.name); }
  std::string track(sim::Track track) const { return log.name(log.tracks()[track.id - 1].name); }
};

Recorded record(const ExperimentParams& params, const Window& window = kWindow) {
  Recorded recorded;
  recorded.run = trace_run(params, 1, window, recorded.log);
  return recorded;
}

// ---- The run is the same ----

std::uint64_t hash_without_trace(const ExperimentParams& p) {
  experiments::Server server(p.machine, p.system, p.workload, 1, p.faults, p.rpc);
  server.run_until(kWindow.end);
  return server.simulation().hash();
}

TEST(TraceRun, ChangesNothingInTheRun) {
  for (const ExperimentParams& p : {eight_workers(Placement::kNic), eight_workers(Placement::kHost),
                                    uncached(), called_over_a_network()})
    EXPECT_EQ(record(p).run.trace_hash, hash_without_trace(p));
}

TEST(TraceRun, ChangesNothingInARunOfMemoryManagement) {
  ExperimentParams p;
  p.run.measure = experiments::Measure::kMemory;
  p.memory.tiering.memory = sim::Bytes{std::int64_t{1} << 30};
  const Window window{Time{100ms}, Time{700ms}};
  const Recorded recorded = record(p, window);
  experiments::TieredServer server(p.machine, p.system.placement, p.memory, 1);
  server.run_until(window.end);
  EXPECT_EQ(recorded.run.trace_hash, server.simulation().hash());
  std::set<std::string> names;
  for (const TraceLog::Span& span : recorded.log.spans()) names.insert(recorded.name(span));
  for (const char* name : {"scan", "read entries", "answer"})
    EXPECT_TRUE(names.contains(name)) << name;
}

/// Two machines of eight vCPUs, of which two each are busy.
ExperimentParams virtual_machines(Placement placement) {
  ExperimentParams p;
  p.run.measure = experiments::Measure::kVm;
  p.machine.host.threads_per_core = 2;
  p.system.placement = placement;
  p.system.ticks = scheduling::Ticks::kAlways;
  p.vm.vms = 2;
  p.vm.vcpus = 8;
  p.vm.busy = 2;
  return p;
}

constexpr Window kMilliseconds{Time{3ms}, Time{6ms}};

TEST(TraceRun, ChangesNothingInARunOfVirtualMachines) {
  for (const Placement placement : {Placement::kNic, Placement::kHost}) {
    const ExperimentParams p = virtual_machines(placement);
    experiments::VmHost host(p.machine, p.system, p.vm, 1);
    host.run_until(kMilliseconds.end);
    EXPECT_EQ(record(p, kMilliseconds).run.trace_hash, host.simulation().hash());
  }
}

TEST(TraceRun, StopsWhenSomebodyAsksIt) {
  TraceLog log;
  const std::atomic<bool> stop = true;
  const TracedRun run = trace_run(virtual_machines(Placement::kNic), 1, kMilliseconds, log, &stop);
  EXPECT_EQ(run.events, 0u);
}

/// What there is of `window` in a run that ends before it.
TraceLog log_of_run_until(Time end, const Window& window) {
  const ExperimentParams p = eight_workers(Placement::kNic);
  experiments::Server server(p.machine, p.system, p.workload, 1);
  TraceLog log;
  TraceRecorder recorder(server.simulation(), log, window);
  recorder.add_words(SharedWords(server.queues().region(), server.layout()));
  for (const experiments::CorePlace& place : server.cores()) recorder.add_core(place);
  server.observe(recorder.observers());
  server.run_until(end);
  recorder.finish();
  server.observe({});
  return log;
}

/// Cores run ahead of the clock: at most instants some have begun what comes later.
TEST(TraceRun, RecordsAPartOfAWindowWhoseEndIsNotReached) {
  for (const Time begin : {Time{}, Time{230us}}) {
    for (Time end{200us}; end < Time{260us}; end += 1us) {
      const TraceLog log = log_of_run_until(end, {begin, Time{1s}});
      for (const TraceLog::Span& span : log.spans()) EXPECT_LE(span.begin, span.end);
    }
  }
}

// ---- What is in the trace ----

/// Of a window, the time in which the vCPUs run, by track.
std::map<std::string, sim::Duration> running(const Recorded& recorded) {
  std::map<std::string, sim::Duration> sums;
  for (const TraceLog::Span& span : recorded.log.spans()) {
    const std::string track = recorded.track(span.track);
    if (track.starts_with("VM ")) sums[track] += span.end - span.begin;
  }
  return sums;
}

// A tick takes some microseconds of each millisecond, and a slice ends later than this.
TEST(TraceRun, VcpusThatAreBusyRunAndOthersNever) {
  const auto sums = running(record(virtual_machines(Placement::kNic), kMilliseconds));
  ASSERT_EQ(sums.size(), 4u);
  for (const char* vcpu : {"VM 0 vCPU 0", "VM 0 vCPU 1", "VM 1 vCPU 0", "VM 1 vCPU 1"}) {
    ASSERT_TRUE(sums.contains(vcpu)) << vcpu;
    EXPECT_LT(sums.at(vcpu), 3ms);
    EXPECT_GT(sums.at(vcpu), 2'900us);
  }
}

TEST(TraceRun, AVcpusTrackAndItsCoresSayTheSame) {
  const Recorded recorded = record(virtual_machines(Placement::kHost), kMilliseconds);
  std::vector<std::tuple<std::string, std::string, Time, Time>> of_vcpus;
  std::vector<std::tuple<std::string, std::string, Time, Time>> of_cores;
  for (const TraceLog::Span& span : recorded.log.spans()) {
    const std::string track = recorded.track(span.track);
    if (track.starts_with("VM "))
      of_vcpus.emplace_back(recorded.name(span) + " (worker)", track, span.begin, span.end);
    else if (recorded.name(span).starts_with("VM "))
      of_cores.emplace_back(track, recorded.name(span), span.begin, span.end);
  }
  std::ranges::sort(of_vcpus);
  std::ranges::sort(of_cores);
  EXPECT_GT(of_vcpus.size(), 4u) << "each tick interrupts each";
  EXPECT_EQ(of_vcpus, of_cores);
}

TEST(TraceRun, KeepsOnlyWhatLiesInItsWindow) {
  const Recorded recorded = record(eight_workers(Placement::kNic));
  ASSERT_FALSE(recorded.log.spans().empty());
  for (const TraceLog::Span& span : recorded.log.spans()) {
    EXPECT_GE(span.begin, kWindow.begin);
    EXPECT_LE(span.end, kWindow.end);
  }
  for (const TraceLog::Instant& instant : recorded.log.instants()) {
    EXPECT_GE(instant.at, kWindow.begin);
    EXPECT_LE(instant.at, kWindow.end);
  }
  for (const TraceLog::Arrow& arrow : recorded.log.arrows()) {
    EXPECT_GE(arrow.sent, kWindow.begin);
    EXPECT_LE(arrow.arrived, kWindow.end);
  }
}

/// Of the window, the time in the outermost spans of a track; these must not overlap.
sim::Duration covered(const Recorded& recorded, const std::string& track) {
  std::vector<std::pair<Time, Time>> spans;
  for (const TraceLog::Span& span : recorded.log.spans())
    if (recorded.track(span.track) == track) spans.emplace_back(span.begin, span.end);
  std::ranges::sort(spans, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  sim::Duration sum{};
  Time until{};
  for (const auto& [begin, end] : spans) {
    if (begin >= until) {
      sum += end - begin;
      until = end;
    }
    EXPECT_LE(end, until) << "nested in what it began in";
  }
  return sum;
}

TEST(TraceRun, KnowsWhatEachCoreIsAtAllTheTime) {
  const Recorded recorded = record(eight_workers(Placement::kNic));
  for (int cpu = 0; cpu < 8; ++cpu)
    EXPECT_EQ(covered(recorded, "cpu" + std::to_string(cpu) + " (worker)"),
              kWindow.end - kWindow.begin);
  EXPECT_EQ(covered(recorded, "nic0 (agent)"), kWindow.end - kWindow.begin);
}

TEST(TraceRun, CountsThePacketsThatTheLinkCounts) {
  const ExperimentParams p = uncached();
  const Recorded recorded = record(p, {Time{}, kWindow.end});
  experiments::Server server(p.machine, p.system, p.workload, 1);
  server.run_until(kWindow.end);
  std::int64_t to_nic = 0;
  for (const TraceLog::Span& span : recorded.log.spans())
    to_nic += recorded.track(span.track) == "to NIC" ? 1 : 0;
  EXPECT_EQ(to_nic, server.link_stats().to_endpoint.packets());
}

/// The arrows of one request, in order, as "from>to: name".
std::vector<std::string> way_of(const Recorded& recorded, std::int64_t request) {
  std::vector<TraceLog::Arrow> arrows;
  for (const TraceLog::Arrow& arrow : recorded.log.arrows())
    if (arrow.request == request) arrows.push_back(arrow);
  std::ranges::stable_sort(arrows, {}, &TraceLog::Arrow::sent);
  std::vector<std::string> way;
  for (const TraceLog::Arrow& arrow : arrows) way.push_back(recorded.log.name(arrow.name));
  return way;
}

TEST(TraceRun, ArrowsLeadFromARequestsArrivalOverItsDecisionToItsEnd) {
  const Recorded recorded = record(eight_workers(Placement::kNic));
  int whole = 0;
  for (const TraceLog::Span& span : recorded.log.spans()) {
    if (recorded.track(span.track) != "requests" || span.begin == kWindow.begin) continue;
    const auto way = way_of(recorded, span.request);
    ASSERT_GE(way.size(), 4u) << "request " << span.request;
    EXPECT_EQ(way[0], "request");
    EXPECT_EQ(way[1], "TASK_WAKEUP");
    EXPECT_EQ(way[2], "decision");
    EXPECT_NE(std::ranges::find(way, "done"), way.end());
    ++whole;
  }
  EXPECT_GE(whole, 10);
}

TEST(TraceRun, ACallGoesFromItsClientToAWorkerAndBack) {
  const Recorded recorded = record(called_over_a_network());
  std::set<std::string> tracks;
  for (const TraceLog::Span& span : recorded.log.spans()) tracks.insert(recorded.track(span.track));
  for (const char* track : {"nic1 (stack)", "nic4 (stack)", "requests", "DMA engine 0"})
    EXPECT_TRUE(tracks.contains(track)) << track;
  int whole = 0;
  for (const TraceLog::Span& span : recorded.log.spans()) {
    if (recorded.name(span) != "call" || span.begin == kWindow.begin || span.end == kWindow.end)
      continue;
    const auto way = way_of(recorded, span.request);
    EXPECT_EQ(std::ranges::count(way, "call"), 1);
    EXPECT_EQ(std::ranges::count(way, "reply"), 1);
    ++whole;
  }
  EXPECT_GE(whole, 5);
}

TEST(TraceRun, ADmaEngineDoesOneThingAtATime) {
  ExperimentParams p = called_over_a_network();
  p.workload.arrivals.rate = sim::Rate{600e3};
  const Recorded recorded = record(p);
  std::map<std::string, std::vector<std::pair<Time, Time>>> engines;
  for (const TraceLog::Span& span : recorded.log.spans())
    if (recorded.track(span.track).starts_with("DMA engine"))
      engines[recorded.track(span.track)].emplace_back(span.begin, span.end);
  EXPECT_GE(engines.size(), 2u);
  EXPECT_LE(std::ssize(engines), p.machine.pcie.dma.engines);
  for (auto& [engine, spans] : engines) {
    std::ranges::sort(spans);
    for (std::size_t i = 1; i < spans.size(); ++i)
      EXPECT_LE(spans[i - 1].second, spans[i].first) << engine;
  }
}

TEST(TraceRun, QueuesAreNeverLessThanEmpty) {
  const Recorded recorded = record(eight_workers(Placement::kNic));
  std::set<std::string> names;
  for (const TraceLog::Sample& sample : recorded.log.samples()) {
    EXPECT_GE(sample.value, 0);
    names.insert(recorded.log.name(sample.name));
  }
  for (const char* name : {"messages", "decisions in slots", "threads waiting"})
    EXPECT_TRUE(names.contains(name)) << name;
}

// ---- The file ----

/// Replays a Perfetto file as its viewer does: every end closes what is open on its track, and
/// every arrow has both its ends.
TEST(TraceRun, ItsPerfettoFileIsWhole) {
  const Recorded recorded = record(eight_workers(Placement::kNic));
  std::ostringstream file;
  sim::write_perfetto(recorded.log, file);
  const auto read = sim::test::parse_perfetto(file.str());

  std::map<std::uint64_t, int> open;
  std::map<std::uint64_t, std::pair<int, int>> arrows;
  for (const auto& [at, event] : read.events) {
    const std::uint64_t track = sim::test::only(event, 11).integer;
    ASSERT_TRUE(read.tracks.contains(track));
    const std::uint64_t type = sim::test::only(event, 9).integer;
    if (type == 1) ++open[track];
    if (type == 2) --open[track];
    ASSERT_GE(open[track], 0);
    if (event.contains(47)) ++arrows[sim::test::only(event, 47).integer].first;
    if (event.contains(48)) ++arrows[sim::test::only(event, 48).integer].second;
  }
  for (const auto& [track, depth] : open) EXPECT_EQ(depth, 0);
  EXPECT_EQ(arrows.size(), recorded.log.arrows().size());
  for (const auto& [id, ends] : arrows) EXPECT_EQ(ends, std::pair(1, 1));
}

TEST(TraceRun, RefusesASearchOverManyRuns) {
  ExperimentParams p = eight_workers(Placement::kNic);
  p.run.measure = experiments::Measure::kSaturation;
  TraceLog log;
  EXPECT_THROW(trace_run(p, 1, kWindow, log), sim::ConfigError);
}

}  // namespace
}  // namespace story
