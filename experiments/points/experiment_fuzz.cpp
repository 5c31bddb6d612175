// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "experiments/points/fuzz_points.h"

// Reads arbitrary bytes as an experiment and expands it; nothing is simulated. Whatever happens
// must be points that mean the same when they are read again, or a ConfigError of one line.

/// A large sweep is slow to expand, not wrong; without a limit the fuzzer would find just these.
constexpr std::size_t kMostPointsHere = 16;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace experiments;
  fuzz::read_or_refuse([&] {
    const sim::Document document =
        sim::Document::parse({reinterpret_cast<const char*>(data), size}, "f");
    fuzz::read_again(expand(document, {}, kMostPointsHere));
  });
  return 0;
}
