// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <type_traits>

#include "models/interconnect/coherent_link.h"
#include "models/mount_evans/mount_evans.h"
#include "models/pcie/params.h"
#include "models/skylake/skylake.h"
#include "models/zen3/zen3.h"
#include "sim/describe.h"
#include "subsystems/scheduling/kernel_params.h"

namespace experiments {

enum class HostKind { kZen3, kSkylake };

constexpr auto enum_names(std::type_identity<HostKind>) {
  using sim::EnumName;
  return std::array{EnumName{HostKind::kZen3, "zen3"}, EnumName{HostKind::kSkylake, "skylake"}};
}

/// The machine under test: one parameter set for every experiment.
struct MachineParams {
  HostKind host_kind = HostKind::kZen3;
  zen3::Zen3Params host;
  skylake::SkylakeParams skylake;
  mount_evans::MountEvansParams nic;
  pcie::PcieParams pcie = wave_pcie();
  std::optional<interconnect::CoherentLinkParams> interconnect = {};
  scheduling::KernelParams linux_kernel;

  static void describe(auto&& field) {
    field(&MachineParams::host_kind, "host_kind",
          "which host's kernel is measured; servers run on zen3", sim::chosen("the question"));
    field(&MachineParams::host, "host", "the host's processors");
    field(&MachineParams::skylake, "skylake", "the host of ghOSt's microbenchmarks");
    field(&MachineParams::nic, "nic", "the SmartNIC");
    field(&MachineParams::pcie, "pcie", "the PCIe link between them");
    field(&MachineParams::interconnect, "interconnect",
          "a coherent link besides: between the sockets, or to the NIC over the same wires; "
          "null: none, and the sockets have Zen 3's own");
    field(&MachineParams::linux_kernel, "linux", "the host's kernel");
  }

  /// Two legs of the path are known by their sums only, so E1 fixes them: 750 ns for an uncached
  /// load of NIC memory, and 1,600 ns from an MSI-X through the driver to its handler.
  static pcie::PcieParams wave_pcie() {
    pcie::PcieParams p;
    p.endpoint.bar_to_mesh = sim::Duration{162'500};
    p.msix.delivery = sim::Duration{714'000};
    return p;
  }
};

}  // namespace experiments
