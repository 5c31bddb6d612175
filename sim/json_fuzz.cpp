// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/check.h"
#include "sim/json.h"
#include "sim/json_sample.h"
#include "sim/parameters.h"

// Reads arbitrary bytes as an experiment with overrides. Whatever happens must be a value that
// survives being written and read again, or a ConfigError of one line.

namespace sim {
namespace {

/// The first line is an override; the rest is the document.
void read_and_write(std::string_view input) {
  const auto end = std::min(input.find('\n'), input.size());
  const std::string_view assignment = input.substr(0, end);
  Document document =
      Document::parse(std::string(input.substr(std::min(end + 1, input.size()))), "f");
  if (!assignment.empty()) apply_override(document, assignment);

  const auto machine = read<sample::Machine>(document);
  const std::string written = write_text(machine);
  const auto again = read<sample::Machine>(Document::parse(written, "written"));
  SIM_CHECK(again == machine);
  SIM_CHECK(write_text(again) == written);
  outside_range(machine);
}

bool is_one_short_line(std::string_view text) {
  return text.find('\n') == std::string_view::npos && !text.empty();
}

}  // namespace
}  // namespace sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    sim::read_and_write({reinterpret_cast<const char*>(data), size});
  } catch (const sim::ConfigError& error) {
    SIM_CHECK(sim::is_one_short_line(error.what()));
  }
  return 0;
}
