// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/argument.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace experiments {

enum class PolicyKind { kFifo, kShinjuku, kMultiQueueShinjuku, kLoaded };

constexpr auto enum_names(std::type_identity<PolicyKind>) {
  using sim::EnumName;
  return std::array{EnumName{PolicyKind::kFifo, "fifo"},
                    EnumName{PolicyKind::kShinjuku, "shinjuku"},
                    EnumName{PolicyKind::kMultiQueueShinjuku, "multi_queue_shinjuku"},
                    EnumName{PolicyKind::kLoaded, "loaded"}};
}

/// What a policy's own code is charged for.
enum class PolicyCost { kDeclared, kMetered };

constexpr auto enum_names(std::type_identity<PolicyCost>) {
  using sim::EnumName;
  return std::array{EnumName{PolicyCost::kDeclared, "declared"},
                    EnumName{PolicyCost::kMetered, "metered"}};
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

/// Which library a policy came from. The program writes it into what it resolves, so that a result
/// belongs to one build; who gives it asks for that build and no other.
struct PolicyBuild {
  std::string name;
  std::string version;
  std::string built_by;
  std::string hash;

  static void describe(auto&& field) {
    using P = PolicyBuild;
    const auto found = sim::chosen("found in the library");
    field(&P::name, "name", "what the policy calls itself", found);
    field(&P::version, "version", "its version, in any form", found);
    field(&P::built_by, "built_by", "compiler and flags", found);
    field(&P::hash, "hash", "of the library's file", found);
  }
};

/// How the agent chooses. One flat list for all kinds, so that a sweep may go over the kinds and
/// leave the rest alone.
struct PolicyParams {
  PolicyKind kind = PolicyKind::kFifo;
  sim::Duration slice = std::chrono::microseconds{30};
  std::vector<ClassParams> classes = {{std::chrono::microseconds{100}},
                                      {std::chrono::milliseconds{100}}};
  PolicyCost cost = PolicyCost::kDeclared;
  std::string library = {};
  std::map<std::string, sim::Argument> parameters = {};
  std::optional<PolicyBuild> build = {};

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = PolicyParams;
    field(
        &P::kind, "kind",
        "fifo: first come, first served, to completion; shinjuku: the same, but a thread loses "
        "its CPU after a slice if others wait, and goes to the tail; multi_queue_shinjuku: with a "
        "queue for each class, of which the one is served whose head has waited the largest part "
        "of its SLO; loaded: a policy of yours, in a library of its own",
        sim::chosen("the question"));
    field(&P::slice, "slice", "shinjuku: how long a thread keeps its CPU while others wait",
          sim::recalled("Wave's and the ghOSt paper's runs of Shinjuku: 30 us"),
          sim::Range{5us, 1ms});
    field(&P::classes, "classes",
          "multi_queue_shinjuku: the classes that requests announce, class 0 first");
    field(
        &P::cost, "cost",
        "what the policy's own calls cost the agent. declared: nothing but what system.agent says "
        "for all policies; metered: also the basic blocks that its library counts, at the core's "
        "block_cycles",
        sim::chosen("a switch"));
    field(&P::library, "library",
          "loaded: the shared object, from the experiment file's folder on. Its code runs inside "
          "wavesim, with your rights",
          sim::chosen("yours"));
    field(&P::parameters, "parameters", "loaded: what the policy is told, by name",
          sim::chosen("the policy's own"));
    field(&P::build, "build",
          "the library's build, which wavesim writes into results; given: no other will do");
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const ClassParams& params);
void check(const PolicyParams& params);

}  // namespace experiments
