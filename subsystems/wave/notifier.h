// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/core/core.h"

namespace wave {

/// How an agent makes a host CPU look at its decision slot. Costs the sender's core what sending
/// costs; the rest happens by itself.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void notify(core::Core& sender, int cpu) = 0;
};

}  // namespace wave
