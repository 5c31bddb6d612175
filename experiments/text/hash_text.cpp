// SPDX-License-Identifier: Apache-2.0
#include "experiments/text/hash_text.h"

#include <fmt/format.h>

namespace experiments {

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

}  // namespace experiments
