// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>

/// For tests that draw everything from a seed.
namespace sim {

/// Parts of the seeds can run side by side.
struct SeedPart {
  std::uint64_t number = 0;
  std::uint64_t parts = 1;
};

/// Tries the seeds of a part, from 1 up to `usual` or to what WAVESIM_FAULT_SEEDS says, until one
/// fails; or, to see a failure again, the one of WAVESIM_FAULT_SEED alone.
template <class F>
void try_seeds(std::uint64_t usual, F try_seed, SeedPart part = {}) {
  const auto number_from = [](const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  };
  if (const std::uint64_t one = number_from("WAVESIM_FAULT_SEED", 0); one != 0) {
    if (part.number == 0) try_seed(one);
    return;
  }
  const std::uint64_t seeds = number_from("WAVESIM_FAULT_SEEDS", usual);
  for (std::uint64_t seed = 1 + part.number; seed <= seeds && !testing::Test::HasFailure();
       seed += part.parts)
    try_seed(seed);
}

}  // namespace sim
