// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>
#include <vector>

#include "sim/describe.h"
#include "sim/units.h"

namespace experiments {

enum class PolicyKind { kFifo, kShinjuku, kMultiQueueShinjuku };

constexpr auto enum_names(std::type_identity<PolicyKind>) {
  using sim::EnumName;
  return std::array{EnumName{PolicyKind::kFifo, "fifo"},
                    EnumName{PolicyKind::kShinjuku, "shinjuku"},
                    EnumName{PolicyKind::kMultiQueueShinjuku, "multi_queue_shinjuku"}};
}

/// A class of requests, as their clients announce it.
struct ClassParams {
  sim::Duration slo = std::chrono::microseconds{100};

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    field(&ClassParams::slo, "slo", "how long a request of the class should take at most",
          sim::chosen("ten times its service time"), sim::Range{10us, 10s});
  }
};

/// How the agent chooses. One flat list for all kinds, so that a sweep may go over the kinds and
/// leave the rest alone.
struct PolicyParams {
  PolicyKind kind = PolicyKind::kFifo;
  sim::Duration slice = std::chrono::microseconds{30};
  std::vector<ClassParams> classes = {{std::chrono::microseconds{100}},
                                      {std::chrono::milliseconds{100}}};

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = PolicyParams;
    field(
        &P::kind, "kind",
        "fifo: first come, first served, to completion; shinjuku: the same, but a thread loses "
        "its CPU after a slice if others wait, and goes to the tail; multi_queue_shinjuku: with a "
        "queue for each class, of which the one is served whose head has waited the largest part "
        "of its SLO",
        sim::chosen("the question"));
    field(&P::slice, "slice", "shinjuku: how long a thread keeps its CPU while others wait",
          sim::recalled("Wave's and the ghOSt paper's runs of Shinjuku: 30 us"),
          sim::Range{5us, 1ms});
    field(&P::classes, "classes",
          "multi_queue_shinjuku: the classes that requests announce, class 0 first");
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const ClassParams& params);
void check(const PolicyParams& params);

}  // namespace experiments
