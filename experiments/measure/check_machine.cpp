// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <fmt/format.h>

#include "experiments/measure/experiment_checks.h"
#include "experiments/measure/kernel_costs.h"
#include "sim/config_error.h"

namespace experiments {
namespace {

using sim::require;

void check_clock(const char* path, sim::Frequency clock) {
  require(sim::Frequency::megahertz(100) <= clock && clock <= sim::Frequency::gigahertz(100), path,
          "no core has such a clock", "give 100 MHz to 100 GHz");
}

void check_ipc(const char* path, double ipc) {
  require(0.05 <= ipc && ipc <= 20, path, fmt::format("{} is out of bounds", ipc),
          "give 0.05 to 20");
}

/// The PCIe model says "link.lanes: what would do".
void check_pcie(const pcie::PcieParams& pcie) {
  const auto broken = pcie::check(pcie);
  if (!broken) return;
  const auto colon = broken->find(": ");
  const std::string member = broken->substr(0, colon);
  const bool is_path = member.find(' ') == std::string::npos;
  throw sim::ConfigError(is_path ? "machine.pcie." + member : "machine.pcie",
                         "no link is like this",
                         is_path ? "give " + broken->substr(colon + 2) : *broken);
}

/// A line's way to a core includes that to every nearer one: the machine's graph has the
/// differences.
void require_no_nearer(sim::Duration farther, const char* path, sim::Duration nearer,
                       const char* than) {
  require(farther >= nearer, path,
          fmt::format("{} is below {}, {}", sim::to_text(farther), than, sim::to_text(nearer)),
          "give at least that");
}

void check_distances(const zen3::Zen3Params& host, bool has_interconnect) {
  require_no_nearer(host.transfer_ccx, "machine.host.transfer_ccx", host.transfer_smt,
                    "machine.host.transfer_smt");
  require_no_nearer(host.transfer_socket, "machine.host.transfer_socket", host.transfer_ccx,
                    "machine.host.transfer_ccx");
  if (has_interconnect) return;  // it says how far the other socket is
  require_no_nearer(host.transfer_cross, "machine.host.transfer_cross", host.transfer_socket,
                    "machine.host.transfer_socket");
}

void check_boost(const zen3::PowerParams& p) {
  check_clock("machine.host.power.min_clock", p.min_clock);
  require(p.clock_step >= sim::Frequency::megahertz(1), "machine.host.power.clock_step",
          sim::to_text(p.clock_step) + " is no step", "give at least 1 MHz");
  require(p.min_clock <= p.all_core_clock, "machine.host.power.all_core_clock",
          fmt::format("{} is below machine.host.power.min_clock, {}",
                      sim::to_text(p.all_core_clock), sim::to_text(p.min_clock)),
          "give a higher clock");
  require(p.all_core_clock <= p.max_clock, "machine.host.power.max_clock",
          fmt::format("{} is below machine.host.power.all_core_clock, {}",
                      sim::to_text(p.max_clock), sim::to_text(p.all_core_clock)),
          "give a higher clock");
  check_clock("machine.host.power.max_clock", p.max_clock);
  require(p.update_period >= 1us, "machine.host.power.update_period", "is too short",
          "give at least 1 us");
  require(p.voltage_least.millivolts > 0 && p.voltage.millivolts > 0, "machine.host.power.voltage",
          "no core runs on 0 V", "give a voltage");
}

/// What the socket draws with every core halted has to leave something for those that are busy.
void check_budget(const zen3::Zen3Params& host) {
  const zen3::PowerParams& p = host.power;
  const int cores = host.ccds * host.cores_per_ccd;
  const double halted = p.uncore.watts() + cores * p.core_halted.watts();
  require(p.budget.watts() > halted, "machine.host.power.budget",
          fmt::format("{} is not more than the {:.1f} W that the socket draws with all {} cores "
                      "halted",
                      sim::to_text(p.budget), halted, cores),
          "give a larger budget");
}

}  // namespace

int host_threads(const zen3::Zen3Params& host) {
  constexpr int kMost = 1024;  // of each factor, so that the product fits
  for (const int factor : {host.sockets, host.ccds, host.cores_per_ccd, host.threads_per_core})
    require(1 <= factor && factor <= kMost, "machine.host",
            fmt::format("{} sockets of {} dies of {} cores of {} threads", host.sockets, host.ccds,
                        host.cores_per_ccd, host.threads_per_core),
            "give at least one of each");
  const std::int64_t all =
      std::int64_t{host.sockets} * host.ccds * host.cores_per_ccd * host.threads_per_core;
  require(all <= kMost, "machine.host", fmt::format("{} hardware threads", all),
          fmt::format("give at most {}", kMost));
  return static_cast<int>(all);
}

void check_machine(const MachineParams& m) {
  host_threads(m.host);
  check_distances(m.host, m.interconnect.has_value());
  check_clock("machine.host.core.clock", m.host.core.clock);
  check_ipc("machine.host.core.relative_ipc", m.host.core.relative_ipc);
  require(m.host.core.wc_buffers >= 1, "machine.host.core.wc_buffers", "0 buffers combine nothing",
          "give at least 1");
  require(m.host.core.wc_partial.count >= 1, "machine.host.core.wc_partial", "is empty",
          "give at least 1 B");
  require(1 <= m.nic.cores && m.nic.cores <= memory::CoreSet::kMost, "machine.nic.cores",
          fmt::format("the agent cannot run on a NIC with {} cores", m.nic.cores),
          fmt::format("give 1 to {}", memory::CoreSet::kMost));
  check_clock("machine.nic.core.clock", m.nic.core.clock);
  check_ipc("machine.nic.core.relative_ipc", m.nic.core.relative_ipc);
  check_pcie(m.pcie);
}

void check_host_kind(const ExperimentParams& p) {
  const MachineParams& m = p.machine;
  if (p.run.measure == Measure::kKernel)
    require(m.host_kind == HostKind::kSkylake || host_threads(m.host) >= kKernelCpus,
            "machine.host", "the kernel's microbenchmarks need 12 cores", "give more");
  else
    require(m.host_kind == HostKind::kZen3, "machine.host_kind",
            "skylake has no link to a SmartNIC", "use zen3, or run.measure = kernel");
  check_clock("machine.skylake.core.clock", m.skylake.core.clock);
  check_ipc("machine.skylake.core.relative_ipc", m.skylake.core.relative_ipc);
  require_no_nearer(m.skylake.transfer_cross, "machine.skylake.transfer_cross",
                    m.skylake.transfer_mesh, "machine.skylake.transfer_mesh");
  require(m.skylake.minimal_switch > m.skylake.syscall, "machine.skylake.minimal_switch",
          "shorter than the system call that is part of it", "give more");
  require(m.skylake.sockets >= 1 && m.skylake.cores >= kKernelCpus && m.skylake.cores <= 128 &&
              m.skylake.sockets <= 8,
          "machine.skylake", "no such processor", "give 1 to 8 sockets of 12 to 128 cores");
}

void check_power(const zen3::Zen3Params& host) {
  check_boost(host.power);
  check_budget(host);
}

}  // namespace experiments
