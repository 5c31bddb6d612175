// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/core/core.h"
#include "models/memory/region.h"
#include "models/pcie/dma.h"
#include "subsystems/rpc/channel_params.h"
#include "subsystems/rpc/dma_outbox.h"
#include "subsystems/rpc/stack/runtime.h"
#include "subsystems/wave/agent/scheduling.h"
#include "subsystems/wave/message_queue.h"
#include "subsystems/wave/shared_table.h"

namespace rpc {

/// A worker as the scheduler knows it.
struct WorkerThread {
  wave::scheduling::Gtid gtid = 0;
  std::int64_t table_word = 0;  // its word of the table, if there is one
};

/// How one stack tells the scheduling agent that a worker has been given a request: a TASK_WORK in
/// a message queue of the agent's that is this stack's alone. It says the class of the request's
/// latency objective; or that is written, before, into a table of words in the memory of the
/// stack's side.
///
/// The queue never fills up: a worker has one request at a time, and whoever scheduled it has taken
/// the note about it. It needs twice as many entries as the stack has workers, because a producer
/// asks for half a queue at a time.
class Announcer {
 public:
  /// `classes` is where classes go that messages do not say; none: they do.
  Announcer(std::vector<WorkerThread> workers, wave::TableWriter* classes)
      : workers_(std::move(workers)), classes_(classes) {}
  virtual ~Announcer() = default;
  Announcer(const Announcer&) = delete;
  Announcer& operator=(const Announcer&) = delete;

  /// The stack's core sends the note.
  virtual void announce(core::Core& stack, Worker worker, std::uint8_t slo_class) = 0;
  /// The note goes behind the transfer that brings the request, by the same DMA block: a descriptor
  /// chained to the transfer's, so that the core need not look again.
  virtual void follow(core::Core& stack, Worker worker, std::uint8_t slo_class,
                      pcie::Transfer& transfer) = 0;

 protected:
  std::size_t workers() const { return workers_.size(); }
  /// The message; the class may go into the table on the way.
  wave::scheduling::Message note(core::Core& stack, Worker worker, std::uint8_t slo_class);

 private:
  const std::vector<WorkerThread> workers_;
  wave::TableWriter* classes_;
};

/// By stores: into memory that stack and agent share, or from a host core into the NIC's. Behind a
/// transfer to the host, into the NIC's memory when all of the transfer is on its way.
///
/// Not modelled: the DMA block's own way to the NIC's memory.
class StoreAnnouncer : public Announcer {
 public:
  StoreAnnouncer(wave::Producer& queue, std::vector<WorkerThread> workers,
                 wave::TableWriter* classes = nullptr);

  void announce(core::Core& stack, Worker worker, std::uint8_t slo_class) override;
  void follow(core::Core& stack, Worker worker, std::uint8_t slo_class,
              pcie::Transfer& transfer) override;

 private:
  struct Entry {
    std::int64_t offset = 0;
    wave::Slot slot{};
  };
  void land(Worker worker);

  wave::Producer& queue_;
  const std::string name_ = "DMA";
  std::vector<Entry> following_;  // by worker, which has one request at a time
};

/// From a NIC core into a queue in the host's memory: by DMA, a line at a time.
class DmaAnnouncer : public Announcer {
 public:
  /// `address` is the queue's, for translation.
  DmaAnnouncer(pcie::Dma& dma, memory::Region& region, const wave::QueuePlace& place,
               std::uint64_t address, const ChannelParams& params,
               std::vector<WorkerThread> workers, wave::TableWriter* classes = nullptr);

  void announce(core::Core& stack, Worker worker, std::uint8_t slo_class) override;
  void follow(core::Core& stack, Worker worker, std::uint8_t slo_class,
              pcie::Transfer& transfer) override;

 private:
  std::size_t prepare(core::Core& stack, Worker worker, std::uint8_t slo_class);
  void land(std::size_t entry);
  std::uint64_t address_of(std::size_t entry) const;

  DmaOutbox outbox_;
  memory::Region& region_;
  const wave::QueuePlace place_;
  const std::uint64_t address_;
  const ChannelParams params_;
  const std::string name_ = "DMA";
  std::uint64_t sent_ = 0;
  std::vector<wave::Slot> entries_;  // on their way, by place in the queue
};

}  // namespace rpc
