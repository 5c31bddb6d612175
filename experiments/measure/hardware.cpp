// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/hardware.h"

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <span>

#include "experiments/system/machine.h"
#include "experiments/system/pcie_connection.h"
#include "models/core/core.h"
#include "models/core/time_on.h"
#include "models/memory/mapping.h"

namespace experiments {
namespace {

using memory::MemoryType;
using sim::Duration;
using sim::Time;
using sim::operator""_B;

/// One core on either side of the link, memory on both, and everything between: what the programs
/// of E1 run on.
struct Bench {
  explicit Bench(const MachineParams& params)
      : machine(make_machine(params)),
        host("host", params.host.caches, 1, table(machine.host.threads)),
        nic("nic", params.nic.caches.domain(), 1, table(machine.nic.cores)),
        pcie(sim, params.pcie),
        nic_memory(sim, "nic memory", nic, 4096_B),
        host_memory(sim, "host memory", host, 4096_B),
        host_core(sim, "cpu0", host, 0, params.host.core),
        nic_core(sim, "nic0", nic, 0, params.nic.core.core()) {}

  std::vector<Duration> table(const std::vector<machine::Graph::Vertex>& cores) const {
    const std::vector<machine::Graph::Vertex> first{cores.front()};
    return machine.graph.table(first);
  }

  /// How long `program` takes on `core` by the core's own clock.
  Duration time(core::Core& core, const std::function<void()>& program) {
    return core::time_on(core, program, [&] { sim.run(); });
  }

  sim::Simulation sim;
  Machine machine;
  memory::Domain host;
  memory::Domain nic;
  PcieConnection pcie;
  memory::Region nic_memory;
  memory::Region host_memory;
  core::Core host_core;
  core::Core nic_core;
};

using Line = std::array<std::uint64_t, 8>;

/// Runs each benchmark on a machine of its own and keeps what it found.
class Microbenchmarks {
 public:
  explicit Microbenchmarks(const MachineParams& params) : params_(params) {}

  HardwareResult run();

 private:
  void note(const char* name, double value) { result_.values.emplace_back(name, value); }

  double uncached_load_ns();
  double uncached_store_ns();
  double msix_send_ns(Duration send);
  double msix_receive_ns();
  double msix_end_to_end_ns();
  double round_trip_ns();
  Duration combined_stream(int lines);
  double combined_stream_gigabytes_per_second();
  double combined_line_and_fence_ns();
  double write_gigabits_per_second(sim::Bytes size);
  double read_gigabits_per_second(sim::Bytes size);
  template <class Transact>
  double saturated_gigabits_per_second(sim::Bytes size, Transact transact);

  const MachineParams params_;
  HardwareResult result_;
};

HardwareResult Microbenchmarks::run() {
  const mount_evans::MountEvansParams& nic = params_.nic;
  note("mmio_read_uc_ns", uncached_load_ns());
  note("mmio_write_uc_ns", uncached_store_ns());
  note("msix_send_register_ns", msix_send_ns(nic.msix_register));
  note("msix_send_ioctl_ns", msix_send_ns(nic.msix_ioctl));
  note("msix_receive_ns", msix_receive_ns());
  note("msix_end_to_end_ns", msix_end_to_end_ns());
  note("pcie_round_trip_ns", round_trip_ns());
  note("write_64B_gbps", write_gigabits_per_second(64_B));
  note("read_256B_gbps", read_gigabits_per_second(256_B));
  note("wc_stream_GBps", combined_stream_gigabytes_per_second());
  note("wc_64B_fenced_ns", combined_line_and_fence_ns());
  return std::move(result_);
}

/// A pointer chase through NIC memory: the core waits for each load.
double Microbenchmarks::uncached_load_ns() {
  constexpr int kLoads = 100;
  Bench bench(params_);
  memory::Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.pcie.path);
  const Duration took = bench.time(bench.host_core, [&] {
    for (int i = 0; i < kLoads; ++i) bench.host_core.load<std::uint64_t>(uc, 0);
  });
  result_.account(bench.sim);
  return sim::to_ns(took) / kLoads;
}

/// Stores are posted: what they take is the core's time, not the way to the NIC.
double Microbenchmarks::uncached_store_ns() {
  constexpr int kStores = 100;
  Bench bench(params_);
  memory::Mapping uc(bench.nic_memory, MemoryType::kUncached, bench.pcie.path);
  const Duration took = bench.time(bench.host_core, [&] {
    for (int i = 0; i < kStores; ++i) bench.host_core.store(uc, 0, std::uint64_t{1});
  });
  result_.account(bench.sim);
  return sim::to_ns(took) / kStores;
}

/// As an agent sends one: the doorbell or the driver, behind the stores before it.
template <class Delivered>
void send_msix(Bench& bench, Duration send, Delivered delivered) {
  bench.nic_core.spend(send);
  bench.nic_core.store_fence();
  bench.nic_core.sync();
  bench.pcie.msix.send(0, delivered);
}

double Microbenchmarks::msix_send_ns(Duration send) {
  Bench bench(params_);
  const Duration took = bench.time(bench.nic_core, [&] { send_msix(bench, send, [] {}); });
  result_.account(bench.sim);
  return sim::to_ns(took);
}

/// What passes on the host between an interrupt's arrival at a core and its handler's first work.
/// Starts the core's program: a core that waits for one interrupt and handles it.
void expect_interrupt(Bench& bench, Duration receive, Time& arrived, Time& handled) {
  bench.host_core.start([&bench, receive, &arrived, &handled] {
    bench.host_core.park();
    arrived = bench.host_core.now();
    bench.host_core.drain_write_combining();
    bench.host_core.spend(receive);
    handled = bench.host_core.now();
    bench.host_core.sync();
  });
}

double Microbenchmarks::msix_receive_ns() {
  Bench bench(params_);
  Time arrived;
  Time handled;
  expect_interrupt(bench, params_.linux_kernel.interrupts.receive, arrived, handled);
  bench.time(bench.nic_core, [&] {
    send_msix(bench, params_.nic.msix_register, [&bench] { bench.host_core.unpark(); });
  });
  result_.account(bench.sim);
  return sim::to_ns(handled - arrived);
}

/// From the system call on the NIC to the handler on the host.
double Microbenchmarks::msix_end_to_end_ns() {
  Bench bench(params_);
  Time arrived;
  Time handled;
  expect_interrupt(bench, params_.linux_kernel.interrupts.receive, arrived, handled);
  const Time begin = bench.sim.now();
  bench.time(bench.nic_core, [&] {
    send_msix(bench, params_.nic.msix_ioctl, [&bench] { bench.host_core.unpark(); });
  });
  result_.account(bench.sim);
  return sim::to_ns(handled - begin);
}

/// Wakes a core that waits for a line to change, as a polling core sees it.
class Poll : public memory::Watcher {
 public:
  explicit Poll(core::Core& core) : core_(core) {}
  void line_changed(std::int64_t) override { core_.unpark(); }

 private:
  core::Core& core_;
};

/// A ping over the link with software at both ends. A host core stores a word to NIC memory; a NIC
/// core that polls the word answers by a posted write to host memory; the host core polls for that.
/// Two posted crossings and the two reads that notice them. A single uncached load also crosses
/// twice, but no software answers it; it is `mmio_read_uc_ns`.
double Microbenchmarks::round_trip_ns() {
  static constexpr std::uint64_t kPing = 1;
  Bench bench(params_);
  memory::Mapping to_nic(bench.nic_memory, MemoryType::kUncached, bench.pcie.path);
  memory::Mapping nic_own(bench.nic_memory, MemoryType::kWriteBack);
  memory::Mapping host_own(bench.host_memory, MemoryType::kWriteBack);
  Poll at_nic(bench.nic_core);
  Poll at_host(bench.host_core);
  bench.nic_memory.watch(0, &at_nic);
  bench.host_memory.watch(0, &at_host);
  const auto poll = [](core::Core& core, memory::Mapping& mapping) {
    while (core.load<std::uint64_t>(mapping, 0) != kPing) core.park();
  };
  const auto land = [&bench] {
    const Time visible = bench.pcie.root_complex.accept_write(0, pcie::HostMemory::kCache);
    bench.sim.at(visible, [&bench] {
      bench.host_memory.write_by_device(0, std::as_bytes(std::span(&kPing, 1)), "nic");
    });
  };

  bench.nic_core.start([&] {
    poll(bench.nic_core, nic_own);
    bench.nic_core.sync();
    bench.pcie.link.post(pcie::Direction::kToRootComplex, 8_B,
                         {.to_completer = bench.pcie.root_complex.inbound()}, land);
  });
  bench.sim.run();
  const Duration took = bench.time(bench.host_core, [&] {
    bench.host_core.store(to_nic, 0, kPing);
    poll(bench.host_core, host_own);
  });
  result_.account(bench.sim);
  return sim::to_ns(took);
}

/// Until the last of `lines` full lines, stored one after the other and never fenced, is in the
/// NIC's memory.
Duration Microbenchmarks::combined_stream(int lines) {
  Bench bench(params_);
  memory::Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.pcie.path);
  const std::int64_t room = bench.nic_memory.size() / memory::kCacheLine;
  bench.time(bench.host_core, [&] {
    for (int i = 0; i < lines; ++i)
      bench.host_core.store(wc, i % room * memory::kCacheLine, Line{});
  });
  result_.account(bench.sim);
  return bench.sim.now() - Time{};
}

/// Of a stream without end: the way of the first line is not in it. One run after the other: in an
/// expression their order, and with it the trace's hash, would be the compiler's choice.
double Microbenchmarks::combined_stream_gigabytes_per_second() {
  constexpr int kLines = 1000;
  const Duration once = combined_stream(kLines);
  const Duration twice = combined_stream(2 * kLines);
  return static_cast<double>(kLines * memory::kCacheLine) / sim::to_ns(twice - once);
}

double Microbenchmarks::combined_line_and_fence_ns() {
  constexpr int kLines = 100;
  Bench bench(params_);
  memory::Mapping wc(bench.nic_memory, MemoryType::kWriteCombining, bench.pcie.path);
  const Duration took = bench.time(bench.host_core, [&] {
    for (int i = 0; i < kLines; ++i) {
      bench.host_core.store(wc, 0, Line{});
      bench.host_core.store_fence();
    }
  });
  result_.account(bench.sim);
  return sim::to_ns(took) / kLines;
}

// What the wire alone allows, as the pcie-bench model asks: a device that always has many
// transactions under way, and a receiver that never runs out of room.

/// Keeps a link busy with transactions that `Transact` starts, and tells when how many were done.
template <class Transact>
class Stream {
 public:
  Stream(sim::Simulation& sim, pcie::Link& link, Transact transact)
      : sim_(sim), link_(link), transact_(transact) {}

  void begin(int window) {
    for (int i = 0; i < window; ++i) transact_(link_, *this);
  }
  Time when_done(int count) {
    awaited_ = count;
    sim_.run();
    return sim_.now();
  }
  void complete() {
    if (++completed_ == awaited_) sim_.stop();
    transact_(link_, *this);
  }

 private:
  sim::Simulation& sim_;
  pcie::Link& link_;
  Transact transact_;
  int completed_ = 0;
  int awaited_ = 0;
};

template <class Transact>
double Microbenchmarks::saturated_gigabits_per_second(sim::Bytes size, Transact transact) {
  constexpr int kWindow = 1024;
  constexpr int kWarmUp = 4 * kWindow;
  constexpr int kMeasured = 8'000;
  pcie::LinkParams params = pcie::without_credit_limits(params_.pcie.link);
  params.tags = 4 * kWindow;

  sim::Simulation sim;
  pcie::Link link(sim, params);
  Stream stream(sim, link, transact);
  stream.begin(kWindow);
  const Time begin = stream.when_done(kWarmUp);
  const Time end = stream.when_done(kWarmUp + kMeasured);
  result_.account(sim);
  return static_cast<double>(kMeasured * size.count * 8) / sim::to_ns(end - begin);
}

double Microbenchmarks::write_gigabits_per_second(sim::Bytes size) {
  return saturated_gigabits_per_second(size, [size](pcie::Link& link, auto& stream) {
    link.post(pcie::Direction::kToRootComplex, size, [&stream] { stream.complete(); });
  });
}

double Microbenchmarks::read_gigabits_per_second(sim::Bytes size) {
  const Duration memory = params_.pcie.host_memory.dram;
  return saturated_gigabits_per_second(size, [size, memory](pcie::Link& link, auto& stream) {
    link.read(
        pcie::Direction::kToRootComplex, size, [memory] { return memory; },
        [&stream] { stream.complete(); });
  });
}

}  // namespace

HardwareResult measure_hardware(const MachineParams& machine) {
  return Microbenchmarks(machine).run();
}

}  // namespace experiments
