// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/agent_keeper.h"

#include <algorithm>
#include <utility>

namespace scheduling {

AgentKeeper::AgentKeeper(const KeeperParams& params, const Parts& parts)
    : params_(params), parts_(parts), watchdog_(params.watchdog) {
  parts_.launcher.report_to(*this);
  parts_.kernel.on_overflow([this] { queue_is_full(); });
}

void AgentKeeper::start() {
  parts_.core.start([this] { run(); });
}

void AgentKeeper::upgrade() {
  tell({What::kUpgrade, 0});
}

/// Heard at once; what is to be done about it is done on the keeper's core.
void AgentKeeper::tell(const Event& event) {
  events_.push_back(event);
  parts_.core.unpark();
}

void AgentKeeper::run() {
  core::Core& core = parts_.core;
  next_look_ = core.now() + params_.look_every;
  for (;;) {
    while (events_.empty() && core.now() < next_wake_up()) core.park_until(next_wake_up());
    if (!events_.empty()) {
      const Event event = events_.front();
      events_.pop_front();
      handle(event);
    }
    if (start_at_ && core.now() >= *start_at_) begin_to_start();
    if (core.now() >= next_look_) look();
    core.sync();
  }
}

sim::Time AgentKeeper::next_wake_up() const {
  return start_at_ ? std::min(next_look_, *start_at_) : next_look_;
}

void AgentKeeper::handle(const Event& event) {
  switch (event.what) {
    case What::kReady:
      if (event.number == starting_) take_over(event.number);
      break;
    case What::kGone:
      if (event.number == serving_) give_up(&KeeperStats::exits);
      if (event.number != starting_) break;
      starting_.reset();
      if (!serving_ && params_.restart) start_at_ = parts_.core.now() + params_.restart_after;
      break;
    case What::kQueueFull:
      if (serving_) give_up(&KeeperStats::overflows);
      break;
    case What::kUpgrade:
      if (serving_ && !starting_) begin_to_start();
      break;
  }
}

// Looking after an agent

void AgentKeeper::look() {
  next_look_ = parts_.core.now() + params_.look_every;
  if (!serving_) return;
  const bool too_long = watchdog_.look(parts_.kernel, parts_.core);
  if (too_long && params_.watchdog > sim::Duration{0})
    give_up(&KeeperStats::watchdog_firings);
  else if (params_.nudge && watchdog_.anyone_waits())
    nudge_idle_cpus();
}

/// An interrupt that was lost, or never sent: the decision may lie there all the same.
void AgentKeeper::nudge_idle_cpus() {
  const core::InterruptParams& p = parts_.kernel.params().interrupts;
  for (int c = 0; c < parts_.kernel.cpus(); ++c) {
    HostCpu& cpu = parts_.kernel.cpu(c);
    if (!cpu.in_enclave() || !cpu.is_idle()) continue;
    ++stats_.nudges;
    parts_.core.spend(p.ipi_send);
    parts_.core.simulation().at(parts_.core.now() + p.ipi_deliver,
                                [&cpu] { cpu.interrupt(HostCpu::Interrupt::kDecision); });
  }
}

// An agent's end

void AgentKeeper::give_up(std::int64_t KeeperStats::*why) {
  ++(stats_.*why);
  const sim::Time now = parts_.core.now();
  unserved_since_ = now;
  if (!dark_since_) dark_since_ = now;
  parts_.launcher.kill(*std::exchange(serving_, std::nullopt));
  if (params_.fallback == Fallback::kFair)
    fall_back();
  else
    parts_.kernel.detach_agent();
  if (params_.restart && !starting_) start_at_ = now + params_.restart_after;
}

void AgentKeeper::fall_back() {
  ++stats_.fallbacks;
  on_fallback_ = true;
  for (const Thread& thread : parts_.kernel.threads())
    stats_.threads_moved += thread.is_ghost() && thread.state != Thread::State::kDead;
  parts_.kernel.detach_agent();
  parts_.kernel.destroy_enclave(parts_.core);
}

// An agent's beginning

void AgentKeeper::begin_to_start() {
  start_at_.reset();
  starting_ = ++youngest_;
  parts_.launcher.start(*starting_, (place_ + 1) % wave::AgentLauncher::kPlaces);
}

/// From one instant to the next the old agent, if there is one, decides nothing any more and the
/// new one may; then it is told what there is.
void AgentKeeper::take_over(wave::AgentNumber number) {
  core::Core& core = parts_.core;
  starting_.reset();
  const std::optional<wave::AgentNumber> old = std::exchange(serving_, number);
  if (old) dark_since_ = core.now();
  ++(old ? stats_.upgrades : stats_.restarts);
  parts_.kernel.detach_agent();
  place_ = (place_ + 1) % wave::AgentLauncher::kPlaces;
  parts_.use_place(place_, core);
  parts_.kernel.on_next_commit([this] { note_served(); });
  parts_.kernel.attach_agent(core);
  if (std::exchange(on_fallback_, false))
    move_threads_back();
  else
    parts_.kernel.introduce_threads(core, &parts_.messages);
  if (unserved_since_) {
    const sim::Duration unserved = core.now() - *std::exchange(unserved_since_, std::nullopt);
    stats_.without_agent += unserved;
    if (params_.fallback == Fallback::kFair) stats_.on_fallback += unserved;
  }
  if (old) parts_.launcher.kill(*old);
  watchdog_.reset();
}

void AgentKeeper::move_threads_back() {
  Kernel& kernel = parts_.kernel;
  const std::size_t known = kernel.threads().size();
  for (std::size_t i = 0; i < known; ++i)
    kernel.set_class(kernel.thread(i), SchedulingClass::kGhost, parts_.core, &parts_.messages);
}

void AgentKeeper::note_served() {
  if (!dark_since_) return;
  ++stats_.blackouts;
  stats_.blackout += parts_.core.simulation().now() - *std::exchange(dark_since_, std::nullopt);
}

KeeperStats AgentKeeper::stats() const {
  KeeperStats stats = stats_;
  if (!unserved_since_) return stats;
  const sim::Duration so_far = parts_.core.simulation().now() - *unserved_since_;
  stats.without_agent += so_far;
  if (on_fallback_) stats.on_fallback += so_far;
  return stats;
}

}  // namespace scheduling
