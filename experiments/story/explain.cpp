// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/explain.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "experiments/story/storyteller.h"
#include "sim/config_error.h"

namespace story {

using experiments::ExperimentParams;
using experiments::Measure;
using experiments::Placement;
using experiments::Server;

namespace {

void check(const ExperimentParams& params, std::optional<std::int64_t> decision) {
  if (params.run.measure == Measure::kVm || params.run.measure == Measure::kMemory)
    throw sim::ConfigError("run.measure", "only decisions under a load can be explained",
                           "look at the run with wavesim trace");
  if (params.run.measure != Measure::kLoad)
    throw sim::ConfigError("run.measure", "only decisions under a load can be explained",
                           "set run.measure=load, and workload.arrivals.rate");
  if (params.system.placement == Placement::kKernel)
    throw sim::ConfigError("system.placement",
                           "there is no agent whose decisions could be explained",
                           "try host, nic or other_socket");
  if (params.system.life)
    throw sim::ConfigError("system.life", "agents that come and go are not explained",
                           "leave it out");
  if (decision && (*decision < 1 || *decision > kMostDecisions))
    throw sim::ConfigError("--decision", fmt::format("there is no decision {}", *decision),
                           fmt::format("try 1 to {}", kMostDecisions));
}

/// Those that begin after the warm-up.
std::vector<Handover> counted(const Recording& recording, const experiments::RunParams& run) {
  std::vector<Handover> counted;
  for (const Handover& handover : recording.handovers())
    if (handover.begin >= sim::Time{run.warm_up}) counted.push_back(handover);
  return counted;
}

/// Tells a recording what a server does, until it goes away.
class Observed {
 public:
  Observed(Server& server, Recording& recording) : server_(server) {
    server.observe(recording.observers());
  }
  ~Observed() { server_.observe({}); }
  Observed(const Observed&) = delete;
  Observed& operator=(const Observed&) = delete;

 private:
  Server& server_;
};

/// Runs until `wanted` handovers are recorded, or the run is over; watches from some time before
/// on, since what is used then was decided earlier.
void record(Server& server, Recording& recording, const experiments::RunParams& run,
            std::size_t wanted) {
  constexpr sim::Duration kLook = std::chrono::microseconds{20};
  constexpr sim::Duration kLeadIn = std::chrono::milliseconds{1};
  const sim::Time end{run.warm_up + run.length};
  for (const experiments::CorePlace& place : server.cores()) recording.add_core(place);
  sim::Time now{std::max(run.warm_up - kLeadIn, sim::Duration{})};
  server.run_until(now);
  const Observed observed(server, recording);
  while (now < end && counted(recording, run).size() < wanted)
    server.run_until(now = std::min(now + kLook, end));
}

/// Whether the CPU does nothing else meanwhile: no tick, no wake-up on behalf of others.
bool is_undisturbed(const Recording& recording, const Handover& handover) {
  const auto steps = recording.steps(handover.cpu, handover.begin, handover.end);
  return std::ranges::none_of(steps, [](const Made* step) {
    const std::string_view activity = step->activity;
    return activity == "activate" || activity == "tick";
  });
}

/// Those that are undisturbed, or all if none is.
std::vector<Handover> candidates(const Recording& recording,
                                 const std::vector<Handover>& handovers) {
  std::vector<Handover> undisturbed;
  std::ranges::copy_if(handovers, std::back_inserter(undisturbed),
                       [&](const Handover& h) { return is_undisturbed(recording, h); });
  return undisturbed.empty() ? handovers : undisturbed;
}

/// The one that takes the median; of several the first.
const Handover& typical(const std::vector<Handover>& handovers) {
  std::vector<sim::Duration> sorted;
  for (const Handover& h : handovers) sorted.push_back(h.took());
  std::ranges::sort(sorted);
  const sim::Duration median = sorted[(sorted.size() - 1) / 2];
  return *std::ranges::find(handovers, median, &Handover::took);
}

/// Which one it is of `some` of them, and how it compares with all.
std::string how_chosen(const std::vector<Handover>& all, std::size_t some) {
  sim::Duration sum{0};
  for (const Handover& h : all) sum += h.took();
  return fmt::format("the median of {} the first {}, which take {:.2f} us in the mean",
                     some < all.size() ? fmt::format("the {} undisturbed among", some) : "all of",
                     all.size(), sim::to_us(sum) / static_cast<double>(all.size()));
}

}  // namespace

Story explain(const ExperimentParams& params, std::uint64_t seed,
              std::optional<std::int64_t> decision, const std::atomic<bool>* stop) {
  check(params, decision);
  Server server(params.machine, params.system, params.workload, seed, params.faults, params.rpc,
                {.stop = stop});
  Recording recording(server.simulation(), SharedWords(server.queues().region(), server.layout()));
  const std::size_t wanted = decision ? static_cast<std::size_t>(*decision) : kCandidates;
  record(server, recording, params.run, wanted);

  std::vector<Handover> handovers = counted(recording, params.run);
  if (handovers.size() < wanted)
    throw sim::ConfigError(
        "run.length", fmt::format("only {} decisions come after the warm-up", handovers.size()),
        "make the run longer");
  handovers.resize(wanted);
  const std::vector<Handover> some = candidates(recording, handovers);
  const Handover chosen = decision ? handovers.back() : typical(some);

  const ParameterBook book(params, server);
  Story story = Storyteller(recording, book, server.is_coherent(), chosen).tell();
  story.seed = seed;
  story.number = 1 + (std::ranges::find(handovers, chosen) - handovers.begin());
  story.chosen = decision ? "the one that was asked for" : how_chosen(handovers, some.size());
  story.trace_hash = server.simulation().hash();
  return story;
}

}  // namespace story
