// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "subsystems/wave/agent/record.h"

// Reads arbitrary bytes as records of agents. What is accepted must be written as the same bytes
// again, and have as many calls; the rest is a BadRecord of one line.

namespace wave {
namespace {

void must_hold(bool condition) {
  if (!condition) std::abort();
}

void read_and_write(std::string_view bytes) {
  std::istringstream in{std::string(bytes)};
  const AgentRecords records = read_records(in);
  std::ostringstream out;
  write(out, records);
  must_hold(bytes.starts_with(out.str()));
  for (const AgentRecord& record : records)
    must_hold(calls_of(record) <= static_cast<std::int64_t>(record.words.size()));
}

}  // namespace
}  // namespace wave

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    wave::read_and_write({reinterpret_cast<const char*>(data), size});
  } catch (const wave::BadRecord& error) {
    const std::string_view line = error.what();
    wave::must_hold(!line.empty() && line.find('\n') == std::string_view::npos);
  }
  return 0;
}
