// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/platform.h"

#include "models/fabric/program.h"
#include "sim/shipped_file.h"

namespace fabric {

Duration Platform::latency_of(const Route& route) const {
  Duration latency{0};
  for (const std::size_t link : route) latency += links[link].latency;
  return latency;
}

Platform survey(const FabricParams& params) {
  check(params);
  Words question;
  question.put(params);
  const std::string surveyor =
      sim::shipped_file(WAVESIM_FABRIC_SURVEYOR_INSTALLED, WAVESIM_FABRIC_SURVEYOR_BUILT);
  return ask_program(surveyor.c_str(), question).get<Platform>();
}

const Platform& Surveys::of(const FabricParams& params) const {
  Words key;
  key.put(params);
  return known_.of(key.all(), [&] { return survey(params); });
}

}  // namespace fabric
