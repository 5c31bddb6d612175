// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>

#include "sim/describe.h"
#include "subsystems/wave/agent_process.h"

namespace wave {

using namespace std::chrono_literals;

/// What the operating system on the agent's side needs for an agent's life.
struct LauncherParams {
  sim::Duration start = 2ms;
  sim::Duration kill = 100us;

  static void describe(auto&& field) {
    using sim::Range;
    field(
        &LauncherParams::start, "start",
        "from the command to start an agent until its program polls: a new process, its code, its "
        "mappings, its queues",
        sim::assumed("fork and exec of a program of some MiB, and no state to load"),
        Range{300us, 500ms});
    field(&LauncherParams::kill, "kill",
          "from the command to kill an agent, or its crash, until its process is gone",
          sim::assumed("a signal, and taking down an address space"), Range{10us, 10ms});
  }
};

/// Brings commands of the host's kernel to the operating system of the agent's cores, and what that
/// has to say back; each way in order, behind whatever was written that way before.
class ControlChannel {
 public:
  virtual ~ControlChannel() = default;
  virtual void to_agents(std::function<void()> arrived) = 0;
  virtual void to_host(std::function<void()> arrived) = 0;
};

/// Numbers agents in the order in which they are started, from zero.
using AgentNumber = int;

/// What the host hears about agents.
class AgentReports {
 public:
  virtual ~AgentReports() = default;
  /// Its program runs.
  virtual void agent_ready(AgentNumber number) = 0;
  /// Its process has ended, by itself or killed.
  virtual void agent_gone(AgentNumber number) = 0;
};

/// What the host can have done about agents. Commands are carried out in their order, and reported.
class AgentCommands {
 public:
  virtual ~AgentCommands() = default;
  /// Who hears the reports.
  virtual void report_to(AgentReports& host) = 0;
  virtual void start(AgentNumber number, int place) = 0;
  virtual void kill(AgentNumber number) = 0;
};

/// Starts and ends agent processes when the host says so (START_WAVE_AGENT, KILL_WAVE_AGENT), one
/// command after the other, and reports what becomes of them. There are two places for agents, each
/// with a core, queues and slots, so that a new agent can get ready beside the old one.
class AgentLauncher : public AgentCommands {
 public:
  static constexpr int kPlaces = 2;
  using Make = std::function<std::unique_ptr<AgentProcess>(AgentNumber number, int place)>;

  AgentLauncher(sim::Simulation& sim, const LauncherParams& params, ControlChannel& channel,
                Make make)
      : sim_(sim), params_(params), channel_(channel), make_(std::move(make)) {}

  void report_to(AgentReports& host) override { host_ = &host; }

  /// An agent that was there before the run began.
  void start_at_once(AgentNumber number, int place);
  void start(AgentNumber number, int place) override;
  void kill(AgentNumber number) override;

  /// The agent's process, if it lives.
  AgentProcess* process(AgentNumber number);
  /// A fault: the agent's program ends of itself.
  void crash(AgentNumber number);

  /// The processes that are there, ended ones included until another takes their place.
  void for_each(const std::function<void(AgentProcess&)>& visit);
  /// Told of each ended process before another takes its place.
  void before_replacing(std::function<void(AgentProcess&)> f) { before_replacing_ = std::move(f); }

 private:
  struct Place {
    AgentNumber number = -1;
    std::unique_ptr<AgentProcess> process;
  };
  struct Command {
    enum class Kind : std::uint8_t { kStart, kKill } kind;
    AgentNumber number;
    int place;
  };

  void accept(const Command& command);
  void carry_out_next();
  void carry_out(const Command& command);
  void done();
  void launch(AgentNumber number, int place);

  sim::Simulation& sim_;
  const LauncherParams params_;
  ControlChannel& channel_;
  const Make make_;
  AgentReports* host_ = nullptr;
  std::function<void(AgentProcess&)> before_replacing_;
  std::array<Place, kPlaces> places_;
  std::deque<Command> commands_;
  bool busy_ = false;
};

}  // namespace wave
