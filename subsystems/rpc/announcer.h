// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/core.h"
#include "models/memory/region.h"
#include "models/pcie/dma.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/stack/runtime.h"
#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/message_queue.h"
#include "subsystems/wave/shared_table.h"

namespace rpc {

/// A worker as the scheduler knows it.
struct WorkerThread {
  wave::scheduling::Gtid gtid = 0;
  std::int64_t table_word = 0;  // of the table of words; -1: it has none
};

/// How one stack tells the scheduling agent that a worker has been given a request: a TASK_WORK in
/// a message queue of the agent's. It says the class of the request's latency objective, or that is
/// written, before, into the table of words, in the memory of the stack's side.
///
/// The queue has room: a worker has one request at a time, and whoever schedules it has taken the
/// last note about it. So it needs an entry for each of the stack's workers, twice because a
/// producer asks for half a queue at a time.
class Announcer {
 public:
  /// `class_table` is where classes go that messages do not say; none: they do.
  Announcer(std::vector<WorkerThread> workers, wave::TableWriter* class_table)
      : workers_(std::move(workers)), class_table_(class_table) {}
  virtual ~Announcer() = default;
  Announcer(const Announcer&) = delete;
  Announcer& operator=(const Announcer&) = delete;

  /// The stack's core sends the note.
  virtual void announce(core::Core& stack, Worker worker, std::uint8_t slo_class) = 0;
  /// The note goes behind the transfer that brings the request, without the core's doing any more;
  /// false: it cannot, and the core has to send it when the transfer is done.
  virtual bool follow(core::Core&, Worker, std::uint8_t, pcie::Transfer&) { return false; }

 protected:
  wave::Slot note(core::Core& stack, Worker worker, std::uint8_t slo_class);

 private:
  const std::vector<WorkerThread> workers_;
  wave::TableWriter* class_table_;
};

/// By stores: into the memory that stack and agent share, or from a host core into the NIC's.
class StoreAnnouncer : public Announcer {
 public:
  StoreAnnouncer(wave::Producer& queue, std::vector<WorkerThread> workers,
                 wave::TableWriter* class_table = nullptr)
      : Announcer(std::move(workers), class_table), queue_(queue) {}

  void announce(core::Core& stack, Worker worker, std::uint8_t slo_class) override;

 private:
  wave::Producer& queue_;
};

/// From a NIC core into a queue in host memory: by DMA, a line at a time. One for each stack and
/// queue.
class DmaAnnouncer : public Announcer {
 public:
  /// `address` is the queue's, for address translation.
  DmaAnnouncer(pcie::Dma& dma, memory::Region& region, const wave::QueuePlace& place,
               std::uint64_t address, const ChannelParams& params,
               std::vector<WorkerThread> workers, wave::TableWriter* class_table = nullptr);

  void announce(core::Core& stack, Worker worker, std::uint8_t slo_class) override;
  bool follow(core::Core& stack, Worker worker, std::uint8_t slo_class,
              pcie::Transfer& transfer) override;

 private:
  struct Entry;

  pcie::Dma& dma_;
  memory::Region& region_;
  const wave::QueuePlace place_;
  const std::uint64_t address_;
  const ChannelParams params_;
  std::uint64_t sent_ = 0;
  std::vector<wave::Slot> on_their_way_;  // by place in the queue
};

}  // namespace rpc
