// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "experiments/experiment_file.h"
#include "sim/check.h"
#include "sim/config_error.h"

// Reads arbitrary bytes as an experiment and expands it; nothing is simulated. Whatever happens
// must be points that mean the same when they are read again, or a ConfigError of one line.

namespace experiments {
namespace {

/// A large sweep is slow to expand, not wrong; without a limit the fuzzer would find just these.
constexpr std::size_t kMostPointsHere = 16;

void read_and_read_again(std::string_view input) {
  const sim::Document document = sim::Document::parse(std::string(input), "f");
  for (const Point& point : expand(document, {}, kMostPointsHere)) {
    const auto again = expand(sim::Document::parse(point.resolved, "resolved"));
    SIM_CHECK(again.size() == 1);
    SIM_CHECK(again.front().key == point.key);
  }
}

bool is_one_line(std::string_view text) {
  return text.find('\n') == std::string_view::npos && !text.empty();
}

}  // namespace
}  // namespace experiments

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    experiments::read_and_read_again({reinterpret_cast<const char*>(data), size});
  } catch (const sim::ConfigError& error) {
    SIM_CHECK(experiments::is_one_line(error.what()));
  }
  return 0;
}
