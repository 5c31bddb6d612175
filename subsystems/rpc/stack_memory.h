// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/core/core.h"
#include "models/ethernet/port.h"
#include "models/memory/mapping.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/wave/message_queue.h"

namespace rpc {

/// The rings and queues of one stack's core, in the memory next to it: what it polls are the
/// receive ring, a queue for the replies of each worker CPU, and a queue for the ends of its DMA
/// transfers. All of them are laid out as wave's message queues.
class StackMemory {
 public:
  /// `across` is the workers' way here; none if they are on the same side.
  StackMemory(core::Core& stack, int workers, int worker_cpus, const ChannelParams& params,
              memory::Path* across);

  /// What the stack's core polls, in order.
  std::vector<wave::QueuePlace> polled() const;
  int receive() const { return 0; }
  int reply(int cpu) const { return 1 + cpu; }
  int completions() const { return 1 + worker_cpus_; }

  memory::Region& region() { return region_; }
  memory::Mapping& mapping() { return own_; }
  /// For Port::add_queue: where the rings lie.
  ethernet::QueueHome home();

  wave::Producer& replies(int cpu) { return replies_[static_cast<std::size_t>(cpu)]; }
  wave::Producer& transmit() { return *transmit_; }
  /// The DMA block's end of its queue: writes an entry at this instant.
  void complete(std::uint64_t word);

 private:
  wave::QueuePlace place(int queue) const;

  const int worker_cpus_;
  const std::int64_t receive_;
  const std::int64_t transmit_entries_;
  const std::int64_t replies_each_;
  memory::Region region_;
  memory::Mapping own_;
  std::optional<memory::Mapping> workers_;
  std::deque<wave::Producer> replies_;
  std::optional<wave::Producer> transmit_;
  std::uint64_t completed_ = 0;
};

}  // namespace rpc
