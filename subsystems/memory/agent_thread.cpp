// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/agent_thread.h"

#include <memory>
#include <string>
#include <utility>

namespace tiering {

using sim::Bytes;

namespace {

// What goes with the entries, or with the decisions.
constexpr Bytes kHeader{64};
// A batch and where it is to go.
constexpr Bytes kMove{8};
constexpr Bytes kPeriod{1};

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::kObserve:
      return "observe";
    case Stage::kEstimate:
      return "estimate";
    case Stage::kSort:
      return "sort";
    case Stage::kMerge:
      return "merge";
    case Stage::kSample:
      return "sample";
    case Stage::kDecide:
      return "decide";
  }
  return "work";
}

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

AgentThread::AgentThread(const Parts& parts)
    : AgentFaults(parts.seed, "faults of part " + std::to_string(parts.part)),
      parts_(parts),
      costs_(parts.params.agent) {}

void AgentThread::start(std::function<void(AgentRuntime&)> program) {
  alive_ = true;
  parts_.core.start([this, program = std::move(program)] { program(*this); });
}

bool AgentThread::crash() {
  parts_.core.kill();
  return std::exchange(alive_, false);
}

void AgentThread::wait_out_hang() {
  if (parts_.core.now() < hung_until()) parts_.core.sleep_until(hung_until());
}

/// Its own code takes longer while it is slow. How long it took.
sim::Duration AgentThread::spend(sim::Duration cost) {
  const sim::Time begin = parts_.core.now();
  slowly(parts_.core, [&] { parts_.core.spend(cost); });
  return parts_.core.now() - begin;
}

Bytes AgentThread::size_of(const Shipment& shipment) const {
  const std::int64_t entries = std::ssize(shipment.scans) * parts_.params.batch_pages;
  return kHeader + entries * parts_.params.host.entry;
}

void AgentThread::ship(core::Core& from, Shipment shipment) {
  const Bytes size = size_of(shipment);
  auto on_its_way = std::make_shared<Shipment>(std::move(shipment));
  parts_.transport.to_agent(from, size, [this, on_its_way] {
    if (!alive_) return;
    arrived_.push(std::move(*on_its_way));
    parts_.core.unpark();
  });
}

std::optional<Bulk> AgentThread::receive() {
  wait_out_hang();
  parts_.core.does("wait for entries");
  parts_.core.sync();
  while (arrived_.empty()) parts_.core.park();
  wait_out_hang();
  present_ = arrived_.pop();
  iteration_ = present_.iteration;
  parts_.core.does("read entries", iteration_);
  const std::int64_t entries = std::ssize(present_.scans) * parts_.params.batch_pages;
  const sim::Duration cost = parts_.core.scaled(entries * costs_.read_entry);
  stats_.reading += spend(cost);
  return Bulk{.scans = present_.scans,
              .ends_iteration = present_.ends_iteration,
              .epoch = present_.epoch,
              .restate = present_.restate,
              .slow_share = present_.slow_share};
}

struct AgentThread::Sent {
  std::vector<Period> periods;
  std::vector<Batch> to_fast;
  std::vector<Batch> to_slow;
};

/// Bytes that mean nothing in place of a decision, or what is to go one way in place of the other.
void AgentThread::spoil(Sent& sent) {
  const sim::Time now = parts_.core.now();
  for (Period& period : sent.periods)
    if (spoils(now)) period = static_cast<Period>(random()());
  for (std::vector<Batch>* batches : {&sent.to_fast, &sent.to_slow})
    for (Batch& batch : *batches)
      if (spoils(now)) batch = static_cast<Batch>(random()());
  if (spoils(now)) std::swap(sent.to_fast, sent.to_slow);
}

void AgentThread::answer(const Answer& answer) {
  wait_out_hang();
  const auto sent =
      std::make_shared<Sent>(Sent{.periods = {answer.periods.begin(), answer.periods.end()},
                                  .to_fast = {answer.to_fast.begin(), answer.to_fast.end()},
                                  .to_slow = {answer.to_slow.begin(), answer.to_slow.end()}});
  spoil(*sent);
  const std::int64_t moves = std::ssize(sent->to_fast) + std::ssize(sent->to_slow);
  parts_.core.does("answer", iteration_);
  parts_.core.sync();
  parts_.transport.to_host(
      parts_.core, kHeader + std::ssize(sent->periods) * kPeriod + moves * kMove,
      [this, sent, iteration = iteration_] {
        parts_.daemon.answered(
            parts_.part, iteration,
            {.periods = sent->periods, .to_fast = sent->to_fast, .to_slow = sent->to_slow});
      });
}

void AgentThread::charge(Stage stage, const Work& work) {
  const sim::Duration cost =
      parts_.core.scaled(work.scans * costs_.scan + work.samples * costs_.sample +
                         work.comparisons * costs_.comparison + work.visits * costs_.visit);
  wait_out_hang();
  parts_.core.does(name_of(stage), iteration_);
  stats_.of(stage) += spend(cost);
}

}  // namespace tiering
