// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "experiments/story/depths.h"
#include "experiments/story/shared_words.h"
#include "experiments/story/words_on_their_way.h"
#include "experiments/system/observers.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace story {

/// A part of a run.
struct Window {
  sim::Time begin{};
  sim::Time end = sim::Time::max();
};

/// Writes what it is told about a run into a log, as far as it lies in a window:
///
///   host, NIC   a track for each core: what it is at (a thread, kernel, idle, agent); in that what
///               it does (switch, commit, decide); in that each access that takes time
///   PCIe        a track for each direction with its packets, and for each DMA engine
///   VMs         a track for each vCPU: when it runs, and on which core
///   requests    from arrival to answer; or calls, from client to client
///   queues      how many messages, decisions and threads wait
///
/// and arrows: a request's way to its worker and back, messages, decisions and outcomes from who
/// stores them to who first loads them, interrupts.
///
/// Not shown: what a core was at before the first thing that it did while being observed; caches
/// and memory as such; packets inside of the network and of the NIC's port.
class TraceRecorder : public core::Observer, public pcie::Observer, public workloads::CallObserver {
 public:
  TraceRecorder(const sim::Simulation& sim, sim::TraceLog& log, Window window);

  // Before it is told anything:
  void add_core(const experiments::CorePlace& place);
  /// A vCPU is a thread that has a track of its own, which says on which core it runs.
  void add_vcpu(std::int64_t thread, int vm, int vcpu);
  void add_words(const SharedWords& words) { shared_ = words; }
  experiments::Observers observers() { return {.cores = this, .pcie = this, .calls = this}; }

  /// Nothing more will be told.
  void finish();

  void begins(const core::Core& core, const core::Step& step) override;
  void ends(const core::Core& core, const core::Step& step) override;
  void takes(const core::Core&, const core::Part&) override {}
  void goes_out(const core::Core&) override {}
  void does(const core::Core& core, const char* what, std::int64_t number) override;
  void interrupts(const core::Core& by, const core::Core& to, int kind) override;
  void interrupted(const core::Core& to, int kind) override;
  void reaches(const core::Core& core, core::Milestone milestone, std::int64_t request,
               std::int64_t thread, sim::Time when) override;
  void carries(pcie::Direction direction, const pcie::Packet& packet) override;
  void has_moved(const pcie::DmaWork& work) override;
  void begins(std::uint64_t call, const workloads::RpcCall& what) override;
  void ends(std::uint64_t call) override;

 private:
  struct Activity {
    std::string name;
    std::string about;  // which thread or CPU
    std::int64_t request = sim::Cause::kNoRequest;
    sim::Time since{};
    std::int64_t thread = 0;  // that runs; 0: none
  };
  struct CoreState {
    experiments::CorePlace place;
    sim::Track track;
    Activity state{};     // idle, in the kernel
    Activity activity{};  // what of that
    std::int64_t thread = 0;
    sim::Time step{};  // when it began
  };
  struct Store {
    sim::Track from;
    sim::Time at;
    std::string name;
    std::int64_t request;
  };
  struct Sender {
    sim::Track from;
    sim::Time at;
    bool on_nic;
  };

  CoreState& of(const core::Core& core) { return cores_.at(&core); }
  void close(CoreState& core, Activity& activity, sim::Time now);
  std::string state_of(const CoreState& core, const std::string& what, std::int64_t number) const;
  void stored(CoreState& core, const core::Step& step, sim::Time now);
  void loaded(CoreState& core, const core::Step& step, sim::Time now);
  Store tell(const CoreState& core, const core::Step& step, sim::Time now);
  sim::Track engine_for(const pcie::DmaWork& work);
  void count(const Word& word, const wave::scheduling::Message& message, sim::Time now);
  std::int64_t request_of(std::int64_t thread) const;

  bool overlaps(sim::Time begin, sim::Time end) const {
    return begin <= window_.end && end >= window_.begin;
  }
  void span(sim::Track track, const std::string& name, sim::Time begin, sim::Time end,
            const sim::Cause& cause = {});
  void arrow(sim::Track from, sim::Time sent, sim::Track to, sim::Time arrived,
             const std::string& name, std::int64_t request);
  void begin_request(std::int64_t request, sim::Time when);
  void end_request(std::int64_t request, sim::Time when, const char* name);

  const sim::Simulation& sim_;
  const sim::Trace trace_;
  Window window_;  // ends sooner if the run does
  const sim::Track host_, nic_, pcie_, to_nic_, to_host_, requests_, queues_;

  std::map<const core::Core*, CoreState> cores_;  // looked up, never gone through
  std::vector<const core::Core*> in_order_;
  struct Vcpu {
    std::string name;
    sim::Track track;
  };
  std::map<std::int64_t, Vcpu> vcpus_;  // by thread
  SharedWords shared_;
  WordsOnTheirWay<Store> words_;
  std::map<std::pair<const core::Core*, int>, std::deque<Sender>> interrupts_;
  std::map<std::int64_t, std::int64_t> handled_;  // requests, by thread
  std::map<std::int64_t, sim::Time> arrived_;     // by request
  struct Reply {
    sim::Track from;
    sim::Time at;
  };
  std::map<std::int64_t, Reply> replies_;  // of calls that have not ended
  struct Engine {
    sim::Track track;
    sim::Time busy_until{};
  };
  std::vector<Engine> engines_;
  Depths depths_;
};

}  // namespace story
