// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"

#include "subsystems/scheduling/policies/policy_module.h"

namespace {

using namespace std::chrono_literals;

class MultiQueueShinjukuBySettings : public scheduling::MultiQueueShinjuku {
 public:
  explicit MultiQueueShinjukuBySettings(const scheduling::Settings& settings)
      : MultiQueueShinjuku(settings.time("slice", 30us), settings.times("slos", {100us, 100ms})) {}
};

}  // namespace

WAVESIM_POLICY(MultiQueueShinjukuBySettings, "multi_queue_shinjuku");
