// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/device_costs.h"

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "experiments/system/machine.h"
#include "experiments/system/pcie_connection.h"
#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "models/pcie/bus_master.h"
#include "models/pcie/dma.h"

namespace experiments {
namespace {

using memory::MemoryType;
using pcie::HostMemory;
using sim::Bytes;
using sim::Duration;
using sim::Time;
using sim::operator""_B;

// DMA against size

pcie::PcieParams without_iommu(pcie::PcieParams params) {
  params.iommu.enabled = false;
  return params;
}

/// The device's DMA block and the host's memory. Bytes are not looked at.
struct DmaBench {
  explicit DmaBench(const pcie::PcieParams& params)
      : pcie(sim, params), dma(sim, pcie.link, pcie.root_complex, pcie.msix, params.dma) {}

  void submit(pcie::Transfer::Kind kind, Bytes size, HostMemory memory,
              std::function<void()> done) {
    dma.submit({.kind = kind,
                .size = size,
                .memory = memory,
                .load = [](Bytes, std::span<std::byte>) {},
                .store = [](Bytes, std::span<const std::byte>) {},
                .done = std::move(done)});
  }
  void read(Bytes size, HostMemory memory) {
    submit(pcie::Transfer::Kind::kFromHost, size, memory, [this] { end = sim.now(); });
  }

  sim::Simulation sim;
  PcieConnection pcie;
  pcie::Dma dma;
  Time end{};
};

struct StraightLine {
  double base_ns = 0;
  double ns_per_byte = 0;
};

/// The least squares line through what `latency` says of sizes from a line to 2 KiB.
template <class Latency>
StraightLine fit(Latency latency) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (Bytes size = 64_B; size <= 2048_B; size += 64_B) {
    const auto bytes = static_cast<double>(size.count);
    const double ns = sim::to_ns(latency(size));
    n += 1;
    x += bytes;
    y += ns;
    xx += bytes * bytes;
    xy += bytes * ns;
  }
  const double slope = (n * xy - x * y) / (n * xx - x * x);
  return {.base_ns = (y - slope * x) / n, .ns_per_byte = slope};
}

// A NIC that is given a message

/// The ways to post a message of 64 bytes to a NIC.
enum class Posted {
  kAllByMmio,       // the payload is in the work request, which is pushed
  kOneRead,         // the request is pushed, and the NIC reads the payload
  kTwoReads,        // the payload is in two pieces, which it reads at once
  kDependentReads,  // a doorbell; it reads the request, and when it has that the payload
};

/// A host core, and a NIC whose work requests are pushed into its memory or fetched from the
/// host's. All of it is warm: translations are held, and what the core has written is cached.
class MessageBench : public memory::Watcher {
 public:
  MessageBench(const MachineParams& params, Posted posted)
      : posted_(posted),
        machine_(make_machine(params)),
        host_("host", params.host.caches, 1, table(machine_.host.threads)),
        nic_("nic", params.nic.caches.domain(), 1, table(machine_.nic.cores)),
        pcie_(sim_, params.pcie),
        master_(sim_, pcie_.link, pcie_.root_complex),
        memory_(sim_, "nic memory", nic_, 4096_B),
        combining_(memory_, MemoryType::kWriteCombining, pcie_.path),
        uncached_(memory_, MemoryType::kUncached, pcie_.path),
        core_(sim_, "cpu0", host_, 0, params.host.core) {}

  /// From the core's first store until the NIC has the whole message.
  Duration run() {
    read(kRequest, [] {});
    sim_.run();
    memory_.watch(last_line() * memory::kCacheLine, this);
    Time begin{};
    core_.start([this, &begin] {
      begin = core_.now();
      post();
      core_.sync();
    });
    sim_.run();
    return has_it_ - begin;
  }
  const sim::Simulation& simulation() const { return sim_; }

  void line_changed(std::int64_t) override {
    switch (posted_) {
      case Posted::kAllByMmio:
        return has_it();
      case Posted::kOneRead:
        return read(kPayload, [this] { has_it(); });
      case Posted::kTwoReads:
        for (int piece = 0; piece < 2; ++piece) read(kPiece, [this] { has_it(); });
        return;
      case Posted::kDependentReads:
        return read(kRequest, [this] { read(kPayload, [this] { has_it(); }); });
    }
  }

 private:
  using CacheLine = std::array<std::uint64_t, 8>;
  static constexpr Bytes kRequest = 64_B;  // without a payload in it; with one it takes two lines
  static constexpr Bytes kPayload = 64_B;
  static constexpr Bytes kPiece = 32_B;

  std::vector<Duration> table(const std::vector<machine::Graph::Vertex>& cores) const {
    const std::vector<machine::Graph::Vertex> first{cores.front()};
    return machine_.graph.table(first);
  }
  int last_line() const { return posted_ == Posted::kAllByMmio ? 1 : 0; }

  void post() {
    if (posted_ == Posted::kDependentReads) return core_.store(uncached_, 0, std::uint64_t{1});
    CacheLine request;
    request.fill(1);
    for (int line = 0; line <= last_line(); ++line)
      core_.store(combining_, line * memory::kCacheLine, request);
    core_.store_fence();
  }
  void has_it() { has_it_ = sim_.now(); }
  template <class Done>
  void read(Bytes size, Done done) {
    master_.read(
        0, size, HostMemory::kCache, {}, [] {}, std::move(done));
  }

  const Posted posted_;
  sim::Simulation sim_;
  Machine machine_;
  memory::Domain host_;
  memory::Domain nic_;
  PcieConnection pcie_;
  pcie::BusMaster master_;
  memory::Region memory_;
  memory::Mapping combining_;
  memory::Mapping uncached_;
  core::Core core_;
  Time has_it_{};
};

/// Runs each benchmark on a machine of its own and keeps what it found.
class DeviceCosts {
 public:
  explicit DeviceCosts(const MachineParams& params)
      : params_(params), bare_(without_iommu(params.pcie)) {}

  HardwareResult run() {
    reads();
    reads_back();
    places();
    messages();
    return std::move(result_);
  }

 private:
  void note(const char* name, double value) { result_.values.emplace_back(name, value); }
  void note(const char* name, Duration value) { note(name, sim::to_ns(value)); }

  Duration read(const pcie::PcieParams& pcie, Bytes size, HostMemory memory);
  Duration write_and_read(Bytes size);
  Duration message(Posted posted);

  void reads();
  void reads_back();
  void places();
  void messages();

  const MachineParams params_;
  const pcie::PcieParams bare_;
  HardwareResult result_;
};

Duration DeviceCosts::read(const pcie::PcieParams& pcie, Bytes size, HostMemory memory) {
  DmaBench bench(pcie);
  bench.read(size, memory);
  bench.sim.run();
  result_.account(bench.sim);
  return bench.end - Time{};
}

/// The read is submitted when the write is on its way, and finds it in the cache.
Duration DeviceCosts::write_and_read(Bytes size) {
  DmaBench bench(bare_);
  bench.submit(pcie::Transfer::Kind::kToHost, size, HostMemory::kCache,
               [&bench, size] { bench.read(size, HostMemory::kCache); });
  bench.sim.run();
  result_.account(bench.sim);
  return bench.end - Time{};
}

void DeviceCosts::reads() {
  const StraightLine line =
      fit([this](Bytes size) { return read(bare_, size, HostMemory::kDram); });
  note("dma_read_64B_ns", read(bare_, 64_B, HostMemory::kDram));
  note("dma_read_base_ns", line.base_ns);
  note("dma_read_byte_ps", line.ns_per_byte * 1e3);
}

void DeviceCosts::reads_back() {
  const StraightLine line = fit([this](Bytes size) { return write_and_read(size); });
  note("dma_write_read_base_ns", line.base_ns);
  note("dma_write_read_byte_ps", line.ns_per_byte * 1e3);
}

/// What a read of 64 bytes takes more, or less, than one of the own socket's DRAM.
void DeviceCosts::places() {
  const Duration dram = read(bare_, 64_B, HostMemory::kDram);
  note("dma_read_cached_more_ns", read(bare_, 64_B, HostMemory::kCache) - dram);
  note("dma_read_remote_more_ns", read(bare_, 64_B, HostMemory::kRemoteDram) - dram);
  pcie::PcieParams translated = params_.pcie;
  translated.iommu.enabled = true;
  note("dma_read_walk_more_ns", read(translated, 64_B, HostMemory::kDram) - dram);
}

Duration DeviceCosts::message(Posted posted) {
  MessageBench bench(params_, posted);
  const Duration took = bench.run();
  result_.account(bench.simulation());
  return took;
}

void DeviceCosts::messages() {
  const Duration pushed = message(Posted::kAllByMmio);
  const Duration one = message(Posted::kOneRead);
  const Duration two = message(Posted::kTwoReads);
  const Duration dependent = message(Posted::kDependentReads);
  note("message_pushed_ns", pushed);
  note("message_one_read_more_ns", one - pushed);
  note("message_two_reads_more_ns", two - pushed);
  note("message_dependent_reads_more_ns", dependent - pushed);
  note("message_second_read_more_ns", two - one);
  note("message_second_dependent_more_ns", dependent - one);
}

}  // namespace

HardwareResult measure_device(const MachineParams& machine) {
  return DeviceCosts(machine).run();
}

}  // namespace experiments
