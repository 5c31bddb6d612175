// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "experiments/machine_file.h"
#include "sim/check.h"
#include "sim/config_error.h"

// Reads arbitrary bytes as a machine of its own file, puts it below an experiment that says
// nothing. What is accepted must mean the same when it is written and read
// again; the rest is a ConfigError of one line.

namespace experiments {
namespace {

void read_and_read_again(std::string_view input) {
  const sim::Document file = sim::Document::parse(std::string(input), "f");
  const sim::Document nothing = sim::Document::parse("{}", "nothing");
  const std::vector<Point> points = expand(nothing, {}, read_machine(file), 1);
  SIM_CHECK(points.size() == 1);
  const auto again = expand(sim::Document::parse(points.front().resolved, "resolved"));
  SIM_CHECK(again.size() == 1 && again.front().key == points.front().key);
}

}  // namespace
}  // namespace experiments

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    experiments::read_and_read_again({reinterpret_cast<const char*>(data), size});
  } catch (const sim::ConfigError& error) {
    const std::string_view line = error.what();
    SIM_CHECK(!line.empty() && line.find('\n') == std::string_view::npos);
  }
  return 0;
}
