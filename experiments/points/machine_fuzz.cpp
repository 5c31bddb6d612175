// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "experiments/points/fuzz_points.h"
#include "experiments/points/machine_file.h"

// Reads arbitrary bytes as a machine of its own file, puts it below an experiment that says
// nothing. What is accepted must mean the same when it is written and read
// again; the rest is a ConfigError of one line.

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace experiments;
  fuzz::read_or_refuse([&] {
    const sim::Document file =
        sim::Document::parse({reinterpret_cast<const char*>(data), size}, "f");
    const auto points = expand(sim::Document::parse("{}", "nothing"), {}, read_machine(file), 1);
    SIM_CHECK(points.size() == 1);
    fuzz::read_again(points);
  });
  return 0;
}
