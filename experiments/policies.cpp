// SPDX-License-Identifier: Apache-2.0
#include "experiments/policies.h"

#include "sim/check.h"
#include "sim/config_error.h"
#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/shinjuku.h"

namespace experiments {

using namespace std::chrono_literals;

void check(const ClassParams& params) {
  if (params.slo < 1us)
    throw sim::ConfigError("slo", "is too short for any request", "give at least 1 us");
}

void check(const PolicyParams& params) {
  if (params.slice < 1us)
    throw sim::ConfigError("slice", "is too short: an interrupt alone takes longer",
                           "give at least 1 us");
  if (params.classes.empty() || params.classes.size() > 1000)
    throw sim::ConfigError("classes", "has no class, or more than a thousand",
                           "give an SLO for each, as in [{\"slo\": \"100 us\"}]");
}

namespace {

std::vector<scheduling::Instant> slos(const PolicyParams& params) {
  std::vector<scheduling::Instant> all;
  for (const ClassParams& c : params.classes) all.push_back(c.slo);
  return all;
}

}  // namespace

std::unique_ptr<scheduling::Policy> make_policy(const PolicyParams& params) {
  switch (params.kind) {
    case PolicyKind::kFifo:
      return std::make_unique<scheduling::Fifo>();
    case PolicyKind::kShinjuku:
      return std::make_unique<scheduling::Shinjuku>(params.slice);
    case PolicyKind::kMultiQueueShinjuku:
      return std::make_unique<scheduling::MultiQueueShinjuku>(params.slice, slos(params));
  }
  sim::broken("a policy of a known kind", __FILE__, __LINE__);
}

}  // namespace experiments
