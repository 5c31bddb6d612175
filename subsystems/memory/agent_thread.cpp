// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/agent_thread.h"

#include <memory>
#include <utility>

namespace tiering {

using sim::Bytes;

namespace {

// What goes with the entries, or with the decisions.
constexpr Bytes kHeader{64};
// A batch and where it is to go.
constexpr Bytes kMove{8};
constexpr Bytes kPeriod{1};

}  // namespace

void Meeting::meet(core::Core& core) {
  core.sync();
  if (--missing_ > 0) {
    const std::int64_t met = met_;
    waiting_.push_back(&core);
    while (met_ == met) core.park();
    return;
  }
  missing_ = threads_;
  ++met_;
  for (core::Core* waiting : std::exchange(waiting_, {})) waiting->unpark();
}

void AgentThread::start(std::function<void(AgentRuntime&)> program) {
  parts_.core.start([this, program = std::move(program)] { program(*this); });
}

Bytes AgentThread::size_of(const Shipment& shipment) const {
  const std::int64_t entries = std::ssize(shipment.scans) * parts_.params.batch_pages;
  return kHeader + entries * parts_.params.host.entry;
}

void AgentThread::ship(core::Core& from, Shipment shipment) {
  const Bytes size = size_of(shipment);
  auto on_its_way = std::make_shared<Shipment>(std::move(shipment));
  parts_.transport.to_agent(from, size, [this, on_its_way] {
    arrived_.push(std::move(*on_its_way));
    parts_.core.unpark();
  });
}

std::optional<Bulk> AgentThread::receive() {
  parts_.core.sync();
  while (arrived_.empty()) parts_.core.park();
  present_ = arrived_.pop();
  const std::int64_t entries = std::ssize(present_.scans) * parts_.params.batch_pages;
  const sim::Duration cost = parts_.core.scaled(entries * costs_.read_entry);
  parts_.core.spend(cost);
  stats_.reading += cost;
  return Bulk{.scans = present_.scans,
              .ends_iteration = present_.ends_iteration,
              .ends_epoch = present_.ends_epoch,
              .slow_share = present_.slow_share};
}

struct AgentThread::Sent {
  std::vector<Period> periods;
  std::vector<Batch> to_fast;
  std::vector<Batch> to_slow;
};

void AgentThread::answer(const Answer& answer) {
  const auto sent =
      std::make_shared<Sent>(Sent{.periods = {answer.periods.begin(), answer.periods.end()},
                                  .to_fast = {answer.to_fast.begin(), answer.to_fast.end()},
                                  .to_slow = {answer.to_slow.begin(), answer.to_slow.end()}});
  const std::int64_t moves = std::ssize(sent->to_fast) + std::ssize(sent->to_slow);
  parts_.core.sync();
  parts_.transport.to_host(
      parts_.core, kHeader + std::ssize(sent->periods) * kPeriod + moves * kMove, [this, sent] {
        parts_.daemon.answered(
            parts_.part,
            {.periods = sent->periods, .to_fast = sent->to_fast, .to_slow = sent->to_slow});
      });
}

void AgentThread::charge(Stage stage, const Work& work) {
  const sim::Duration cost =
      parts_.core.scaled(work.scans * costs_.scan + work.samples * costs_.sample +
                         work.comparisons * costs_.comparison + work.visits * costs_.visit);
  parts_.core.spend(cost);
  time_of(stage) += cost;
}

sim::Duration& AgentThread::time_of(Stage stage) {
  switch (stage) {
    case Stage::kObserve:
      return stats_.observing;
    case Stage::kEstimate:
      return stats_.estimating;
    case Stage::kSort:
      return stats_.sorting;
    case Stage::kMerge:
      return stats_.merging;
    case Stage::kSample:
      return stats_.sampling;
    case Stage::kDecide:
      return stats_.deciding;
  }
  sim::broken("a stage of a known kind", __FILE__, __LINE__);
}

}  // namespace tiering
