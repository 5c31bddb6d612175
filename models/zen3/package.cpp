// SPDX-License-Identifier: Apache-2.0
#include "models/zen3/package.h"

#include <algorithm>
#include <utility>

namespace zen3 {

using core::IdleState;
using memory::CoreIndex;

Package::Package(sim::Simulation& sim, const Zen3Params& params, const core::IdleParams& idle)
    : sim_(sim),
      params_(params.power),
      threads_per_core_(params.threads_per_core),
      cores_in_all_(params.ccds * params.cores_per_ccd),
      smt_speed_(params.smt_speed),
      gate_after_(idle.c2_deep_after),
      update_(sim, [this] { update(); }) {
  for (int c = 0; c < cores_in_all_; ++c) cores_.emplace_back(*this, c, threads_per_core_);
  const auto threads =
      static_cast<std::size_t>(cores_in_all_) * static_cast<std::size_t>(threads_per_core_);
  threads_.resize(threads);
  idle_.resize(threads, IdleState::kC2);
  in(State::kGated) = cores_in_all_;
  clock_ = choose_clock(params_, {}, 0, cores_in_all_);
  update_.arm(params_.update_period);
}

void Package::attach(core::Core& thread) {
  threads_[static_cast<std::size_t>(thread.index())] = &thread;
  thread.attach(*this);
  resumed(thread.index());
}

// What threads do

/// Who polls is busy.
void Package::halted(CoreIndex thread, IdleState state) {
  if (state == IdleState::kPoll) return;
  idle_[static_cast<std::size_t>(thread)] = state;
  PhysicalCore& core = core_of(thread);
  --core.busy;
  if (state == IdleState::kC2) ++core.in_c2;
  change(core);
}

void Package::resumed(CoreIndex thread) {
  const IdleState was = std::exchange(idle_[static_cast<std::size_t>(thread)], IdleState::kPoll);
  if (was == IdleState::kPoll) return;
  PhysicalCore& core = core_of(thread);
  ++core.busy;
  if (was == IdleState::kC2) --core.in_c2;
  change(core);
}

void Package::change(PhysicalCore& core) {
  core.gate.cancel();
  if (core.in_c2 == threads_per_core_) core.gate.arm(gate_after_);
  enter(core, core.busy == 0   ? State::kHalted
              : core.busy == 1 ? State::kOneThread
                               : State::kTwoThreads);
  for (int t = 0; t < threads_per_core_; ++t) set_speed(core.first_thread + t);
}

void Package::enter(PhysicalCore& core, State state) {
  settle();
  --in(core.state);
  ++in(state);
  core.state = state;
  most_awake_ = std::max(most_awake_, awake());
}

void Package::set_speed(CoreIndex thread) {
  core::Core* core = threads_[static_cast<std::size_t>(thread)];
  if (core != nullptr) core->set_speed(clock_, core_of(thread).busy > 1 ? smt_speed_ : 1.0);
}

// The account, and the control loop

Activity Package::present() {
  return {.one_thread = static_cast<double>(in(State::kOneThread)),
          .two_threads = static_cast<double>(in(State::kTwoThreads)),
          .halted = static_cast<double>(in(State::kHalted))};
}

void Package::settle() {
  const sim::Duration since = sim_.now() - std::exchange(settled_, sim_.now());
  if (since == sim::Duration{0}) return;
  for (std::size_t s = 0; s < kStates; ++s) spent_[s] += in_[s] * since;
  const double seconds = sim::to_seconds(since);
  cycles_ += static_cast<double>(clock_.hertz()) * seconds;
  joules_ += socket_watts(params_, clock_, present()) * seconds;
}

PackageStats Package::stats() {
  settle();
  return {.elapsed = settled_ - sim::Time{},
          .one_thread = spent(State::kOneThread),
          .two_threads = spent(State::kTwoThreads),
          .halted = spent(State::kHalted),
          .gated = spent(State::kGated),
          .cycles = cycles_,
          .joules = joules_};
}

void Package::update() {
  const PackageStats now = stats();
  const PackageStats period = now - std::exchange(period_began_, now);
  const auto mean = [&](sim::Duration spent) {
    return static_cast<double>(spent.count()) / static_cast<double>(period.elapsed.count());
  };
  const Activity activity{.one_thread = mean(period.one_thread),
                          .two_threads = mean(period.two_threads),
                          .halted = mean(period.halted)};
  const int most_awake = std::exchange(most_awake_, awake());
  update_.arm(params_.update_period);
  const sim::Frequency clock = choose_clock(params_, activity, most_awake, cores_in_all_);
  if (clock == clock_) return;
  clock_ = clock;
  for (std::size_t t = 0; t < threads_.size(); ++t) set_speed(static_cast<CoreIndex>(t));
}

}  // namespace zen3
