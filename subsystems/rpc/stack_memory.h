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

/// What one stack's core shares with the port and its workers, in the memory next to
/// it: the port's rings, a queue for the replies from each worker CPU, and the bodies of replies if
/// they come here. All queues are laid out as wave's.
class StackMemory {
 public:
  /// `across` is the workers' way here; none if they are on the same side.
  StackMemory(core::Core& stack, int workers, int worker_cpus, const ChannelParams& params,
              memory::Path* across);

  /// What the core polls, in order: packets, then replies by CPU.
  std::vector<wave::QueuePlace> polled() const;
  static constexpr int kReceive = 0;

  memory::Region& region() { return region_; }
  memory::Mapping& mapping() { return own_; }
  /// For Port::add_queue; `address` is the region's.
  ethernet::QueueHome home(bool in_host, std::uint64_t address);

  wave::Producer& transmit() { return transmit_; }
  wave::Producer& replies(int cpu) { return replies_[static_cast<std::size_t>(cpu)]; }
  /// Whether workers put the bodies of replies here: lines for each, from `reply_body` on.
  bool takes_bodies() const { return body_lines_ > 0; }
  std::int64_t reply_body(int worker) const;
  std::int64_t body_lines() const { return body_lines_; }
  memory::Mapping& workers_mapping() { return workers_ ? *workers_ : own_; }

 private:
  wave::QueuePlace receive_ring() const;
  wave::QueuePlace reply_queue(int cpu) const;
  wave::QueuePlace transmit_ring() const;

  const ChannelParams params_;
  const int worker_cpus_;
  const std::int64_t queue_entries_;  // of replies
  const std::int64_t body_lines_;
  memory::Region region_;
  memory::Mapping own_;
  std::optional<memory::Mapping> workers_;
  std::deque<wave::Producer> replies_;
  wave::Producer transmit_;
};

}  // namespace rpc
