// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/faults.h"

#include "experiments/system/impair.h"
#include "sim/config_error.h"
#include "sim/uniform.h"

namespace experiments {

void check(const FaultParams& params) {
  const auto refuse = [](const char* member, const char* wrong, const char* remedy) {
    throw sim::ConfigError(member, wrong, remedy);
  };
  if (params.length <= sim::Duration{0}) refuse("for", "is no time", "give at least 1 ns");
  if (!(params.share >= 0 && params.share <= 1)) refuse("share", "is no share", "give 0 to 1");
  if (!(params.factor >= 1 && params.factor <= 1e6))
    refuse("factor", "makes no agent slower", "give 1 to 1000000");
}

Faults::Faults(sim::Simulation& sim, const std::vector<FaultParams>& faults, const Targets& targets)
    : sim_(sim), faults_(faults), targets_(targets), random_(sim.seed(), "faults") {
  for (const FaultParams& fault : faults_)
    sim_.at(sim::Time{fault.at}, [this, &fault] { inject(fault); });
}

void Faults::inject(const FaultParams& fault) {
  ++(happens(fault) ? stats_.injected : stats_.without_effect);
}

bool Faults::happens(const FaultParams& fault) {
  switch (fault.kind) {
    case FaultKind::kLinkStall:
      targets_.link.stall(fault.length);
      return true;
    case FaultKind::kMsixLost:
      lost_share_ = fault.share;
      lost_until_ = sim_.now() + fault.length;
      targets_.msix.lose_if([this](int) { return loses_interrupt(); });
      return true;
    case FaultKind::kAgentCrash:
      return targets_.agents->crash();
    case FaultKind::kAgentUpgrade:
      return targets_.agents->upgrade();
    default:
      return happens_to_code(fault, targets_.agents->runtime());
  }
}

bool Faults::happens_to_code(const FaultParams& fault, wave::FaultyRuntime* agent) {
  if (agent == nullptr) return false;
  impair(*agent, fault, sim_.now());
  return true;
}

bool Faults::loses_interrupt() {
  if (sim_.now() >= lost_until_) return false;
  return sim::chance(lost_share_, random_);
}

FaultStats Faults::stats() const {
  FaultStats stats = stats_;
  stats.interrupts_lost = targets_.msix.stats().lost;
  return stats;
}

}  // namespace experiments
