// SPDX-License-Identifier: Apache-2.0
#include "sim/check.h"

#include <cstdio>
#include <cstdlib>

namespace sim {

void broken(const char* promise, const char* file, int line) {
  std::fprintf(stderr, "wavesim: broken promise at %s:%d: %s\n", file, line, promise);
  std::abort();
}

}  // namespace sim
