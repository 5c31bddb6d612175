// SPDX-License-Identifier: Apache-2.0
// trace_hashes FILE [PATH=VALUE]...: runs an experiment and prints each run's trace hash, a line
// each, as `wavesim run --json` has them. Everything that simulates and nothing else, so that
// compilers and options can be compared in half the building (scripts/check-determinism.py).
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "experiments/points/experiment_file.h"
#include "experiments/points/runner.h"
#include "experiments/text/hash_text.h"

namespace {

int print_hashes(const std::string& file, const std::vector<std::string>& settings) {
  const auto points = experiments::expand(sim::Document::load(file), settings);
  const int jobs = static_cast<int>(std::thread::hardware_concurrency());
  for (const auto& result : experiments::run_points(points, {.jobs = jobs > 0 ? jobs : 1})) {
    if (result.failed()) {
      std::fprintf(stderr, "trace_hashes: %s\n", result.error.c_str());
      return 1;
    }
    for (const auto& run : result.runs) std::puts(experiments::hash_text(run.trace_hash).c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::fputs("trace_hashes: FILE [PATH=VALUE]...\n", stderr);
    return 2;
  }
  return print_hashes(argv[1], {argv + 2, argv + argc});
} catch (const std::exception& error) {
  std::fprintf(stderr, "trace_hashes: %s\n", error.what());
  return 2;
}
