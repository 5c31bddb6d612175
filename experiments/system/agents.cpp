// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/agents.h"

#include "experiments/policy/policies.h"

namespace experiments {

scheduling::AgentOptions agent_options(const SystemParams& system, bool on_host) {
  scheduling::AgentOptions options{.prestage = system.prestage, .long_run = system.long_run};
  if (on_host) options.commit_flags = wave::scheduling::kCommitAtTxnCommit;
  if (system.renotify_after > sim::Duration{0}) options.renotify_after = system.renotify_after;
  return options;
}

/// A policy, and the program that serves it.
class Agents::Agent : public wave::Program {
 public:
  Agent(wave::Runtime& runtime, const SystemParams& system, bool on_host)
      : policy_(make_policy(system.policy, runtime)),
        program_(runtime, *policy_, agent_options(system, on_host)) {}

  void run() override { program_.run(); }
  const scheduling::AgentStats& stats() const { return program_.stats(); }
  bool reads_words() const { return policy_->reads_words(); }

 private:
  std::unique_ptr<scheduling::Policy> policy_;
  scheduling::AgentProgram program_;
};

Agents::Agents(const SystemParams& system, const Wiring& wiring)
    : system_(system),
      wiring_(wiring),
      launcher_(wiring.sim, system.life->launcher, wiring.channel,
                [this](wave::AgentNumber number, int place) { return make(number, place); }),
      keeper_(system.life->keeper, {.kernel = wiring.kernel,
                                    .launcher = launcher_,
                                    .core = wiring.keeper,
                                    .messages = wiring.queues.producer(wiring.keeper_queue),
                                    .use_place = [this](int place, core::Core& by) {
                                      wiring_.queues.use_place(place, by);
                                    }}) {
  launcher_.before_replacing([this](wave::AgentProcess& process) { replaced_.add(process); });
}

void Agents::start() {
  launcher_.start_at_once(0, 0);
  keeper_.start();
}

std::unique_ptr<wave::AgentProcess> Agents::make(wave::AgentNumber number, int place) {
  return std::make_unique<wave::AgentProcess>(
      wave::AgentParts{.core = *wiring_.cores[static_cast<std::size_t>(place)],
                       .mapping = wiring_.queues.agent_mapping(),
                       .notifier = wiring_.notifier,
                       .costs = system_.agent,
                       .memory = wiring_.queues.memory(place),
                       .program =
                           [this](wave::Runtime& runtime) {
                             return std::make_unique<Agent>(runtime, system_, wiring_.on_host);
                           },
                       .seed = wiring_.sim.seed() + static_cast<std::uint64_t>(number),
                       .may_fail = true});
}

// Faults

wave::AgentProcess* Agents::serving() {
  const auto number = keeper_.serving();
  return number ? launcher_.process(*number) : nullptr;
}

bool Agents::crash() {
  if (serving() == nullptr) return false;
  launcher_.crash(*keeper_.serving());
  return true;
}

wave::FaultyRuntime* Agents::runtime() {
  wave::AgentProcess* const agent = serving();
  return agent == nullptr ? nullptr : &agent->faults();
}

bool Agents::upgrade() {
  if (!keeper_.serving()) return false;
  keeper_.upgrade();
  return true;
}

bool Agents::reads_words() {
  return static_cast<Agent&>(serving()->program()).reads_words();
}

// What was counted

void Agents::Counted::add(wave::AgentProcess& process) {
  stats = stats + static_cast<Agent&>(process.program()).stats();
  decisions = decisions + process.runtime().decision_time();
  garbage += process.faults().garbage_written();
}

Agents::Counted Agents::counted() {
  Counted all = replaced_;
  launcher_.for_each([&](wave::AgentProcess& process) { all.add(process); });
  return all;
}

}  // namespace experiments
