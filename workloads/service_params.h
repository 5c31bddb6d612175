// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"

namespace workloads {

enum class ServiceKind {
  kConstant,
  kConstantPlusExponential,
  kExponential,
  kLognormal,
  kBimodal,
  kEmpirical,
  kEmpiricalBimodal,
};

constexpr auto enum_names(std::type_identity<ServiceKind>) {
  using sim::EnumName;
  return std::array{EnumName{ServiceKind::kConstant, "constant"},
                    EnumName{ServiceKind::kConstantPlusExponential, "constant_plus_exponential"},
                    EnumName{ServiceKind::kExponential, "exponential"},
                    EnumName{ServiceKind::kLognormal, "lognormal"},
                    EnumName{ServiceKind::kBimodal, "bimodal"},
                    EnumName{ServiceKind::kEmpirical, "empirical"},
                    EnumName{ServiceKind::kEmpiricalBimodal, "empirical_bimodal"}};
}

/// What requests cost. One flat list for all kinds, so that a sweep may go over the kinds and leave
/// the rest alone; `mean` is that of the whole except where the kind has two parts.
struct ServiceParams {
  using Duration = sim::Duration;

  ServiceKind kind = ServiceKind::kEmpirical;
  Duration mean = std::chrono::microseconds{10};
  double variation = 1;

  Duration exponential = std::chrono::microseconds{1};

  Duration long_mean = std::chrono::milliseconds{10};
  double long_share = 0.005;

  std::string capture = "rocksdb_get";
  std::string long_capture = "rocksdb_range";
  double longest = 10;

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = ServiceParams;
    field(&P::kind, "kind",
          "constant; constant_plus_exponential: mean + Exp(exponential); exponential; lognormal; "
          "bimodal: mean or long_mean; empirical: a capture's shape; empirical_bimodal: two shapes",
          sim::chosen("Wave serves GETs of an in-memory RocksDB; their shape is measured"));
    field(&P::mean, "mean", "of all requests; of the constant part; of the short ones",
          sim::recalled("Wave's GETs take about 10 us; ghOSt's public scripts spin for 10 us"),
          sim::Range{1us, 1ms});
    field(&P::variation, "variation", "lognormal: standard deviation / mean",
          sim::chosen("as spread out as an exponential"), sim::Range{0.1, 10.0});
    field(&P::exponential, "exponential", "constant_plus_exponential: mean of the exponential part",
          sim::published("ghOSt's public RocksDB script for FIFO: 10 us + Exp(1 us)"),
          sim::Range{100ns, 10us});
    field(&P::long_mean, "long_mean", "of the long requests",
          sim::recalled("Wave's and the ghOSt paper's range queries take 10 ms"),
          sim::Range{100us, 100ms});
    field(&P::long_share, "long_share", "share of long requests",
          sim::published("ghOSt paper, Shinjuku run: 99.5 % short, 0.5 % long"),
          sim::Range{0.0, 1.0});
    field(&P::capture, "capture", "shape: a shipped capture's name, or the path of a .json file",
          sim::chosen("GETs on a real RocksDB, workloads/captures"));
    field(&P::long_capture, "long_capture", "the same for the long requests",
          sim::chosen("range queries on a real RocksDB, workloads/captures"));
    field(&P::longest, "longest",
          "in medians of the capture; longer samples are left out of the shape",
          sim::assumed("on the machine of the shipped captures they are timer interrupts under a "
                       "hypervisor, not RocksDB's work"),
          sim::Range{5.0, 1000.0});
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const ServiceParams& params);

}  // namespace workloads
