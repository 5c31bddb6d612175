// SPDX-License-Identifier: Apache-2.0
#include "native/agent.h"

#include <optional>
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
                  const scheduling::AgentOptions& options, const Recording& recording)
      : runtime_(runtime),
        recording_(record(runtime, recording)),
        policy_(std::move(policy)),
        program_(seen(), *policy_, options) {
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

  static std::optional<wave::RecordingRuntime> record(Runtime& runtime,
                                                      const Recording& recording) {
    if (recording.records == nullptr) return std::nullopt;
    wave::AgentRecord& record = recording.records->emplace_back();
    record.program = recording.name;
    return std::optional<wave::RecordingRuntime>(std::in_place, runtime, record);
  }
  wave::Runtime& seen() { return recording_ ? static_cast<wave::Runtime&>(*recording_) : runtime_; }

  Runtime& runtime_;
  std::optional<wave::RecordingRuntime> recording_;
  std::unique_ptr<scheduling::Policy> policy_;
  scheduling::AgentProgram program_;
};

}  // namespace

MakeAgent scheduling_agent(MakePolicy make, const scheduling::AgentOptions& options,
                           const Recording& recording) {
  return [make = std::move(make), options, recording](Runtime& runtime) {
    return std::make_unique<SchedulingAgent>(runtime, make(), options, recording);
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
