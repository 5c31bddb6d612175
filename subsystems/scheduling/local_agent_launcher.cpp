// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/local_agent_launcher.h"

#include <utility>

namespace scheduling {

LocalAgentLauncher::LocalAgentLauncher(const wave::LauncherParams& params, Parts parts)
    : params_(params), parts_(std::move(parts)) {
  parts_.kernel.on_agent_death([this](HostCpu& cpu) { died(cpu); });
}

// The keeper's commands

void LocalAgentLauncher::start(wave::AgentNumber number, int) {
  parts_.sim.after(params_.start, [this, number] {
    ready_ = number;
    host_->agent_ready(number);
  });
}

void LocalAgentLauncher::kill(wave::AgentNumber number) {
  if (number != number_ || std::exchange(dying_, true)) return;
  end_agents(parts_.core);
  parts_.sim.after(params_.kill, [this, number] { host_->agent_gone(number); });
}

void LocalAgentLauncher::start_at_once() {
  make_process(0);
}

void LocalAgentLauncher::use_place(int place, core::Core& by) {
  dying_ = true;
  end_agents(by);
  while (agents_are_there()) by.sleep_until(by.now() + std::chrono::microseconds{1});
  by.sync();
  number_ = ready_;
  make_process(place);
  for (int c = 0; c < parts_.kernel.cpus(); ++c) parts_.kernel.cpu(c).reschedule(by);
}

// Processes

void LocalAgentLauncher::make_process(int place) {
  const auto& queues = parts_.queues[static_cast<std::size_t>(place)];
  garbage_ = garbage_written();
  Process& process = process_.emplace();
  process.program = parts_.make();
  dying_ = false;
  for (int c = 0; c < parts_.kernel.cpus(); ++c) {
    const auto index = static_cast<std::size_t>(c);
    HostCpu& cpu = parts_.kernel.cpu(c);
    wave::clear(parts_.mapping.region(), queues[index]);
    Queue& queue = parts_.agents.queues[index];
    queue.producer.move_to(queues[index]);
    process.sound.emplace_back(parts_.kernel, cpu, parts_.agents,
                               wave::Consumer(parts_.mapping, queues[index]), parts_.costs);
    FaultyLocalRuntime& runtime = process.runtimes.emplace_back(
        process.sound.back(), cpu, parts_.sim.seed() + static_cast<std::uint64_t>(number_));
    LocalProgram& program = *process.program;
    parts_.kernel.attach_agent(
        cpu, [&program, &runtime] { program.run(runtime); }, queue);
  }
}

void LocalAgentLauncher::end_agents(core::Core& by) {
  for (int c = 0; c < parts_.kernel.cpus(); ++c) parts_.kernel.cpu(c).kill_agent(by);
}

bool LocalAgentLauncher::agents_are_there() const {
  for (int c = 0; c < parts_.kernel.cpus(); ++c)
    if (parts_.kernel.cpu(c).has_agent()) return true;
  return false;
}

/// An agent's program has ended by itself, on its CPU: the other agents end as well.
void LocalAgentLauncher::died(HostCpu& cpu) {
  if (std::exchange(dying_, true)) return;
  const wave::AgentNumber number = number_;
  end_agents(cpu.core());
  parts_.sim.after(params_.kill, [this, number] { host_->agent_gone(number); });
}

// Faults

FaultyLocalRuntime* LocalAgentLauncher::runtime(int cpu) {
  if (!parts_.kernel.cpu(cpu).has_agent()) return nullptr;
  return &process_->runtimes[static_cast<std::size_t>(cpu)];
}

std::int64_t LocalAgentLauncher::garbage_written() const {
  std::int64_t all = garbage_;
  if (process_)
    for (const FaultyLocalRuntime& runtime : process_->runtimes) all += runtime.garbage_written();
  return all;
}

}  // namespace scheduling
