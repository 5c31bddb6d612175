// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/version.h"

namespace commands {

const char* version() {
  return "wavesim " WAVESIM_VERSION " (" WAVESIM_COMPILER ")";
}

}  // namespace commands
