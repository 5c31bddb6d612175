// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/ring.h"
#include "subsystems/memory/daemon.h"
#include "subsystems/memory/transport.h"
#include "subsystems/wave/agent_faults.h"

namespace tiering {

/// Where the threads of an agent wait for each other.
class Meeting {
 public:
  explicit Meeting(int threads) : missing_(threads), threads_(threads) {}
  /// Called on `core`; returns when all have come.
  void meet(core::Core& core);

 private:
  int missing_;
  const int threads_;
  std::int64_t met_ = 0;
  std::vector<core::Core*> waiting_;
};

/// A thread of the agent, on a simulated core of host or NIC: its runtime, and what wires it to the
/// host. Faults get at it: it crashes, or it hangs, is slow or writes garbage for a while.
///
/// Not modelled: lines that the threads share when they meet; what they cost is far below that of
/// what they do between.
class AgentThread : public AgentRuntime, public wave::AgentFaults {
 public:
  struct Parts {
    core::Core& core;
    const TieringParams& params;
    int part;
    Meeting& meeting;
    Transport& transport;
    Daemon& daemon;
    std::uint64_t seed = 1;  // of its faults
  };
  explicit AgentThread(const Parts& parts);

  /// Begins `program` at the present instant.
  void start(std::function<void(AgentRuntime&)> program);
  /// Ends its program where it stands, for good; whether there was one.
  bool crash();
  bool is_alive() const { return alive_; }
  /// From the host, on `from`.
  void ship(core::Core& from, Shipment shipment);

  // The program's calls:
  std::optional<Bulk> receive() override;
  void answer(const Answer& answer) override;
  void meet() override { parts_.meeting.meet(parts_.core); }
  void charge(Stage stage, const Work& work) override;

  const StageStats& stats() const { return stats_; }

 private:
  struct Sent;  // an answer on its way
  sim::Bytes size_of(const Shipment& shipment) const;
  void wait_out_hang();
  sim::Duration spend(sim::Duration cost);
  void spoil(Sent& sent);

  const Parts parts_;
  const AgentCosts costs_;
  sim::Ring<Shipment> arrived_;
  Shipment present_;  // what the program has in hand
  int iteration_ = 0;
  bool alive_ = false;
  StageStats stats_;
};

}  // namespace tiering
