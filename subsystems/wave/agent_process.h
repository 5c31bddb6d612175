// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "subsystems/wave/agent/program.h"
#include "subsystems/wave/faulty_runtime.h"
#include "subsystems/wave/simulated_runtime.h"

namespace wave {

/// What an agent process is made of.
struct AgentParts {
  core::Core& core;
  memory::Mapping& mapping;
  Notifier& notifier;
  const AgentCosts& costs;
  AgentMemory memory;
  MakeProgram program;
  std::uint64_t seed = 1;  // of its faults
  bool may_fail = false;   // faults can get at it, at some cost in simulation time
};

/// An agent: a process on a core of host or NIC, with a program, and with queues and slots that no
/// other agent uses while it lives.
class AgentProcess {
 public:
  explicit AgentProcess(const AgentParts& parts);

  /// Begins at the present instant, with every entry of its queues free.
  void start();
  /// Ends it where it stands (SIGKILL, or a crash); in a system call, at its end. `gone` runs then.
  /// Only if it may fail.
  void kill(std::function<void()> gone);
  bool alive() const { return alive_; }

  SimulatedRuntime& runtime() { return runtime_; }
  /// Only if it may fail.
  FaultyRuntime& faults() { return *faults_; }
  Program& program() { return *program_; }

 private:
  void clear_memory();
  void end();

  core::Core& core_;
  memory::Mapping& mapping_;
  const AgentMemory memory_;
  SimulatedRuntime runtime_;
  std::optional<FaultyRuntime> faults_;
  std::unique_ptr<Program> program_;
  bool alive_ = false;
  bool dying_ = false;
  std::vector<std::function<void()>> gone_;
};

}  // namespace wave
