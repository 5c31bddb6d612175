// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/agent_keeper.h"

#include <algorithm>
#include <utility>

namespace scheduling {

AgentKeeper::AgentKeeper(const KeeperParams& params, const Parts& parts)
    : params_(params), parts_(parts) {
  parts_.launcher.report_to(*this);
  parts_.kernel.enclave().tunables.runnable_timeout = params_.watchdog;
  parts_.kernel.on_runnable_timeout([this] { tell({What::kLate, serving_.value_or(kNobody)}); });
  parts_.kernel.on_overflow([this] { tell({What::kQueueFull, serving_.value_or(kNobody)}); });
}

void AgentKeeper::start() {
  parts_.core.start([this] { run(); });
}

void AgentKeeper::upgrade() {
  tell({What::kUpgrade, kNobody});
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
    case What::kLate:
      if (event.number == serving_) give_up(&KeeperStats::watchdog_firings);
      break;
    case What::kQueueFull:
      if (event.number == serving_) give_up(&KeeperStats::overflows);
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
  parts_.kernel.check_runnable_timeout(parts_.core);
  if (params_.nudge && parts_.kernel.anyone_waits()) nudge_idle_cpus();
}

/// An interrupt that was lost, or never sent: the decision may lie there all the same.
void AgentKeeper::nudge_idle_cpus() {
  for (int c = 0; c < parts_.kernel.cpus(); ++c) {
    HostCpu& cpu = parts_.kernel.cpu(c);
    if (!cpu.has_slot() || !cpu.is_idle()) continue;
    ++stats_.nudges;
    cpu.interrupt_from(parts_.core, HostCpu::Interrupt::kDecision);
  }
}

// An agent's end

void AgentKeeper::give_up(std::int64_t KeeperStats::*why) {
  ++(stats_.*why);
  const sim::Time now = parts_.core.now();
  unserved_since_ = now;
  given_up_.push_back(now);
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
  starting_.reset();
  const std::optional<wave::AgentNumber> old = std::exchange(serving_, number);
  ++(old ? stats_.upgrades : stats_.restarts);
  if (old) dark_since_ = parts_.core.now();
  let_decide_at((place_ + 1) % wave::AgentLauncher::kPlaces);
  stats_ = stats();  // with the time without an agent, up to here
  unserved_since_.reset();
  if (std::exchange(on_fallback_, false))
    move_threads_back();
  else
    parts_.kernel.introduce_threads(parts_.core, &parts_.messages);
  if (old) parts_.launcher.kill(*old);
}

void AgentKeeper::let_decide_at(int place) {
  parts_.kernel.detach_agent();
  place_ = place;
  parts_.use_place(place, parts_.core);
  parts_.kernel.on_next_commit([this] { note_served(); });
  parts_.kernel.attach_agent(parts_.core);
}

void AgentKeeper::move_threads_back() {
  Kernel& kernel = parts_.kernel;
  const std::size_t known = kernel.threads().size();
  for (std::size_t i = 0; i < known; ++i)
    if (!kernel.thread(i).is_agent())
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
  const sim::Duration so_far = parts_.core.now() - *unserved_since_;
  stats.without_agent += so_far;
  if (on_fallback_) stats.on_fallback += so_far;
  return stats;
}

}  // namespace scheduling
