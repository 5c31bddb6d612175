// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent_process.h"

#include <utility>

namespace wave {

AgentProcess::AgentProcess(const AgentParts& parts)
    : core_(parts.core),
      mapping_(parts.mapping),
      memory_(parts.memory),
      runtime_(parts.core, parts.mapping, parts.notifier, parts.costs) {
  clear_memory();
  runtime_.use(memory_);
  Runtime* seen = &runtime_;
  if (parts.may_fail) seen = &faults_.emplace(runtime_, parts.core, parts.seed);
  program_ = parts.program(*seen);
}

/// Fresh memory is zero. What others still had under way to where it lies has come
/// before the command that starts this process did: writes keep their order.
void AgentProcess::clear_memory() {
  const auto clear_line = [this](std::int64_t offset) {
    const Slot free{};
    mapping_.region().write(offset, std::as_bytes(std::span(free)), "create slot");
  };
  for (const QueuePlace& queue : memory_.queues) clear(mapping_.region(), queue);
  for (const SlotPlace& slot : memory_.slots) {
    clear_line(slot.decision());
    clear_line(slot.outcome());
  }
}

void AgentProcess::start() {
  alive_ = true;
  core_.start([this] { program_->run(); });
}

void AgentProcess::kill(std::function<void()> gone) {
  SIM_CHECK(faults_.has_value());
  if (!alive_) return gone();
  gone_.push_back(std::move(gone));
  if (std::exchange(dying_, true)) return;
  if (faults_->in_system_call())
    faults_->stop_at_end_of_system_call([this] { end(); });
  else
    end();
}

void AgentProcess::end() {
  core_.kill();
  alive_ = false;
  for (const auto& gone : std::exchange(gone_, {})) gone();
}

}  // namespace wave
