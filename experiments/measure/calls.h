// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/measure/experiment.h"

namespace experiments {

/// How often a user request asks the server.
inline int calls_per_request(const ExperimentParams& experiment) {
  return experiment.rpc ? experiment.rpc->clients.fan_out : 1;
}

}  // namespace experiments
