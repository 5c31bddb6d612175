// SPDX-License-Identifier: Apache-2.0
#include "experiments/policies.h"

#include "sim/check.h"
#include "subsystems/scheduling/policies/fifo.h"

namespace experiments {

std::unique_ptr<scheduling::Policy> make_policy(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::kFifo:
      return std::make_unique<scheduling::Fifo>();
  }
  sim::broken("a policy of a known kind", __FILE__, __LINE__);
}

}  // namespace experiments
