// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/described_agent.h"

#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/shinjuku.h"

namespace scheduling {
namespace {

constexpr std::size_t kMaxClasses = 1000;

std::string number(const std::optional<Instant>& instant) {
  return std::to_string(instant ? instant->count() : -1);
}

std::optional<Instant> optional_instant(std::int64_t count) {
  return count < 0 ? std::nullopt : std::optional(Instant{count});
}

std::unique_ptr<Policy> make_policy(const DescribedAgent& agent) {
  if (agent.policy == "fifo") return std::make_unique<Fifo>();
  if (agent.policy == "shinjuku") return std::make_unique<Shinjuku>(agent.slice);
  if (agent.policy == "multi_queue_shinjuku")
    return std::make_unique<MultiQueueShinjuku>(agent.slice, agent.slos);
  throw std::invalid_argument("no policy is called " + agent.policy);
}

class Agent : public wave::Program {
 public:
  Agent(wave::Runtime& runtime, const DescribedAgent& agent)
      : policy_(make_policy(agent)), program_(runtime, *policy_, agent.options) {}
  void run() override { program_.run(); }

 private:
  std::unique_ptr<Policy> policy_;
  AgentProgram program_;
};

}  // namespace

std::string to_text(const DescribedAgent& agent) {
  const AgentOptions& o = agent.options;
  std::string text = agent.policy + ' ' + number(agent.slice) + ' ' + std::to_string(o.prestage) +
                     ' ' + std::to_string(o.commit_flags) + ' ' + number(o.long_run) + ' ' +
                     number(o.renotify_after) + ' ' + std::to_string(o.work_by_message) + ' ' +
                     std::to_string(agent.slos.size());
  for (const Instant slo : agent.slos) text += ' ' + number(slo);
  return text;
}

DescribedAgent described_agent(const std::string& text) {
  std::istringstream in(text);
  DescribedAgent agent;
  std::int64_t slice = 0;
  std::int64_t long_run = 0;
  std::int64_t renotify = 0;
  std::size_t classes = 0;
  AgentOptions& o = agent.options;
  in >> agent.policy >> slice >> o.prestage >> o.commit_flags >> long_run >> renotify >>
      o.work_by_message >> classes;
  if (!in || classes > kMaxClasses) throw std::invalid_argument("\"" + text + "\" is no agent");
  for (std::size_t i = 0; i < classes; ++i) {
    std::int64_t slo = 0;
    if (!(in >> slo)) throw std::invalid_argument("\"" + text + "\" lacks a class's objective");
    agent.slos.emplace_back(slo);
  }
  agent.slice = Instant{slice};
  o.long_run = optional_instant(long_run);
  o.renotify_after = optional_instant(renotify);
  make_policy(agent);  // refuses what it cannot make
  return agent;
}

wave::MakeProgram make_agent(const DescribedAgent& agent) {
  return [agent](wave::Runtime& runtime) { return std::make_unique<Agent>(runtime, agent); };
}

}  // namespace scheduling
