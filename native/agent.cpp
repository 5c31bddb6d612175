// SPDX-License-Identifier: Apache-2.0
#include "native/agent.h"

#include <utility>

namespace native {
namespace {

using scheduling::AgentStats;

/// Every member, in the order in which it is described.
template <class Visit>
int for_each_statistic(Visit visit) {
  int count = 0;
  AgentStats::describe([&](auto member, auto&&...) { visit(count++, member); });
  return count;
}

class SchedulingAgent : public wave::Program {
 public:
  SchedulingAgent(Runtime& runtime, std::unique_ptr<scheduling::Policy> policy,
                  const scheduling::AgentOptions& options)
      : runtime_(runtime), policy_(std::move(policy)), program_(runtime, *policy_, options) {
    runtime.when_idle([this] { show(); });
  }

  void run() override {
    program_.run();
    show();
  }

 private:
  void show() {
    for_each_statistic([this](int i, auto member) { runtime_.show(i, program_.stats().*member); });
  }

  Runtime& runtime_;
  std::unique_ptr<scheduling::Policy> policy_;
  scheduling::AgentProgram program_;
};

}  // namespace

MakeAgent scheduling_agent(MakePolicy make, const scheduling::AgentOptions& options) {
  return [make = std::move(make), options](Runtime& runtime) {
    return std::make_unique<SchedulingAgent>(runtime, make(), options);
  };
}

AgentStats shown_stats(Words memory, const Place& place) {
  AgentStats stats;
  const int count = for_each_statistic([&](int i, auto member) {
    stats.*member = static_cast<std::int64_t>(
        memory.at(place.statistics() + 8 * std::int64_t{i}).load(std::memory_order_relaxed));
  });
  SIM_CHECK(count <= Place::kStatistics);
  return stats;
}

}  // namespace native
