// SPDX-License-Identifier: Apache-2.0
#include "subsystems/wave/agent_launcher.h"

#include <utility>

namespace wave {

// The host's calls

void AgentLauncher::start_at_once(AgentNumber number, int place) {
  launch(number, place);
}

void AgentLauncher::start(AgentNumber number, int place) {
  const Command command{Command::Kind::kStart, number, place};
  channel_.to_agents([this, command] { accept(command); });
}

void AgentLauncher::kill(AgentNumber number) {
  const Command command{Command::Kind::kKill, number, 0};
  channel_.to_agents([this, command] { accept(command); });
}

// The operating system's

void AgentLauncher::accept(const Command& command) {
  commands_.push_back(command);
  if (!std::exchange(busy_, true)) carry_out_next();
}

void AgentLauncher::carry_out_next() {
  const bool starts = commands_.front().kind == Command::Kind::kStart;
  sim_.after(starts ? params_.start : params_.kill, [this] { carry_out(commands_.front()); });
}

void AgentLauncher::carry_out(const Command& command) {
  const AgentNumber number = command.number;
  if (command.kind == Command::Kind::kStart) {
    launch(number, command.place);
    channel_.to_host([this, number] { host_->agent_ready(number); });
    return done();
  }
  AgentProcess* const process = this->process(number);
  if (process == nullptr) return done();
  process->kill([this, number] {
    channel_.to_host([this, number] { host_->agent_gone(number); });
    done();
  });
}

void AgentLauncher::done() {
  commands_.pop_front();
  busy_ = !commands_.empty();
  if (busy_) carry_out_next();
}

void AgentLauncher::launch(AgentNumber number, int place) {
  Place& p = places_[static_cast<std::size_t>(place)];
  SIM_CHECK(p.process == nullptr || !p.process->alive());
  if (p.process != nullptr && before_replacing_) before_replacing_(*p.process);
  p.process.reset();  // first: it stops watching the queues that the new one is to watch
  p.number = number;
  p.process = make_(number, place);
  p.process->start();
}

void AgentLauncher::crash(AgentNumber number) {
  AgentProcess* const process = this->process(number);
  if (process == nullptr) return;
  process->kill([this, number] {
    sim_.after(params_.kill,
               [this, number] { channel_.to_host([this, number] { host_->agent_gone(number); }); });
  });
}

AgentProcess* AgentLauncher::process(AgentNumber number) {
  for (Place& place : places_)
    if (place.number == number && place.process != nullptr && place.process->alive())
      return place.process.get();
  return nullptr;
}

void AgentLauncher::for_each(const std::function<void(AgentProcess&)>& visit) {
  for (Place& place : places_)
    if (place.process != nullptr) visit(*place.process);
}

}  // namespace wave
