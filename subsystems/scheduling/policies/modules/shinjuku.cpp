// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/shinjuku.h"

#include "subsystems/scheduling/policies/policy_module.h"

namespace {

using namespace std::chrono_literals;

class ShinjukuBySettings : public scheduling::Shinjuku {
 public:
  explicit ShinjukuBySettings(const scheduling::Settings& settings)
      : Shinjuku(settings.time("slice", 30us)) {}
};

}  // namespace

WAVESIM_POLICY(ShinjukuBySettings, "shinjuku");
