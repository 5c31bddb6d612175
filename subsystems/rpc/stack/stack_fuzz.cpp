// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "subsystems/rpc/stack/exercise.h"

// Anything at all happens to a stack, in an order that the fuzzer chooses. The first and the
// last byte say, beside what they say otherwise, how much the stack has.

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span script(data, size);
  const std::uint8_t first = script.empty() ? 0 : script.front();
  const std::uint8_t last = script.empty() ? 0 : script.back();
  const rpc::StackOptions options{
      .mtu = 16u + first, .most_waiting = last % 8u, .most_incomplete = last / 8u};
  rpc::Exercise exercise(script, options, first % 4);
  const std::string wrong = exercise.run();
  if (wrong.empty()) return 0;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}
