// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "models/pcie/link.h"
#include "models/pcie/msix.h"
#include "models/pcie/observer.h"
#include "models/pcie/root_complex.h"
#include "sim/ring.h"
#include "sim/simulation.h"

namespace pcie {

/// One descriptor: what to move, and how to tell that it is done. Bytes are taken from the source
/// and put to the destination at the instants at which the hardware touches them, so somebody who
/// looks too early sees old or half-new data.
struct Transfer {
  enum class Kind : std::uint8_t { kToHost, kFromHost };

  Kind kind = Kind::kToHost;
  std::uint64_t host_address = 0;
  Bytes size;
  HostMemory memory = HostMemory::kDram;

  /// Copies the source's bytes from `offset` on.
  std::function<void(Bytes offset, std::span<std::byte> into)> load{};
  /// Puts them to the destination.
  std::function<void(Bytes offset, std::span<const std::byte> bytes)> store{};

  /// When set, a completion record follows the data into host memory at this address; this runs
  /// when it is visible there.
  std::function<void()> record{};
  std::uint64_t record_address = 0;
  Bytes record_size = 16_B;
  /// When set, an interrupt follows the data and the record; this runs when it is delivered.
  std::function<void()> interrupt{};
  int vector = 0;
  /// On the device: from the host, all bytes are in its memory; to the host, all are on their way.
  std::function<void()> done{};
};

/// Sources and destinations that are plain memory. The memory must outlive the transfer.
std::function<void(Bytes, std::span<std::byte>)> from(std::span<const std::byte> memory);
std::function<void(Bytes, std::span<const std::byte>)> to(std::span<std::byte> memory);

/// The device's DMA block: a queue of descriptors, engines that work on one each, and one port to
/// the link which they use in turns, burst by burst, as fast as the port and the link take it.
///
/// Not modelled: fetching descriptors from host memory (the NIC's programs write them locally),
/// scatter lists within a descriptor, errors.
class Dma {
 public:
  struct Stats {
    std::int64_t transfers = 0;
    Bytes to_host;
    Bytes from_host;

    static void describe(auto&& stat) {
      stat(&Stats::transfers, "transfers", "descriptors whose `done` came");
      stat(&Stats::to_host, "to_host", "payload visible in host memory");
      stat(&Stats::from_host, "from_host", "payload landed in the device's memory");
    }
  };

  Dma(sim::Simulation& sim, Link& link, RootComplex& root, Msix& msix, const DmaParams& params);
  Dma(const Dma&) = delete;
  Dma& operator=(const Dma&) = delete;

  /// The descriptor is there `later` from now: who writes it may be ahead of the simulation.
  void submit(Transfer transfer, Duration later = {});

  const Stats& stats() const { return stats_; }
  /// Is told of transfers from now on; nobody if it is null.
  void observe(Observer* observer) { observer_ = observer; }

 private:
  /// A transfer on its way: on an engine until its last burst is sent or landed, and after that
  /// until its last effect in the host.
  struct Job {
    Transfer transfer;
    std::vector<std::byte> bytes;  // between source and destination
    Bytes issued;
    Bytes landed;
    int in_flight = 0;
    bool waiting = false;  // for a read to come back before the next burst
    int effects = 0;       // what still refers to this job
    Time there{};          // the descriptor
    Time begin{};          // when an engine took it
  };

  Job& unused_job();
  void find_engine(Job& job);
  void start(Job& job, Time begin);
  void become_ready(Job& job);
  void use_port();
  void issue(Job& job);
  Chunk next_burst(const Job& job) const;

  void write_burst(Job& job, Chunk burst);
  void arrive(Job& job, Chunk burst);
  void land_in_host(Job& job, Chunk burst);

  void read_burst(Job& job, Chunk burst);
  Duration serve(Job& job, Chunk part);
  void land_in_device(Job& job, Chunk burst);

  void finish(Job& job);
  void write_record(Job& job);
  void interrupt(Job& job);
  void release(Job& job);
  std::span<std::byte> bytes(Job& job, Chunk part);

  sim::Simulation& sim_;
  Link& link_;
  RootComplex& root_;
  Msix& msix_;
  const DmaParams params_;
  Stats stats_;
  Observer* observer_ = nullptr;

  sim::Ring<Job*> queue_;         // there, and without an engine
  sim::Ring<Time> idle_engines_;  // since when, the longest first
  std::deque<Job> jobs_;          // stay where they are
  std::vector<Job*> unused_jobs_;
  std::deque<Job*> ready_;  // to send a burst, next one first
  Time port_free_{};
  bool port_waiting_ = false;
};

}  // namespace pcie
