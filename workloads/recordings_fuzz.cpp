// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "sim/config_error.h"
#include "workloads/capture_file.h"
#include "workloads/page_capture.h"
#include "workloads/trace.h"

// Reads arbitrary bytes as one of the files that loads are made of: the first byte says which. What
// is accepted must mean the same when it is written and read again; the rest is a ConfigError of
// one line.

namespace workloads {
namespace {

void must_hold(bool condition) {
  if (!condition) std::abort();
}

sim::Document document(std::string_view text) {
  return sim::Document::parse(std::string(text), "f");
}

/// Times are written to a tenth of a nanosecond, so that only what has been written is exact.
void capture(std::string_view text) {
  std::ostringstream once;
  const Capture read = read_capture(document(text));
  must_hold(read.quantiles.size() >= 2 && read.mean > sim::Duration{0});
  write_capture(read, once);
  must_hold(!once.str().empty());
}

void page_capture(std::string_view text) {
  std::ostringstream written;
  const PageCapture read = read_page_capture(document(text));
  if (read.batches > 1 << 12) return;  // as long as the file says, however short it is
  write_page_capture(read, written);
  must_hold(read_page_capture(document(written.str())).intervals == read.intervals);
}

void arrivals(const std::vector<Arrival>& read) {
  std::istringstream lines(trace_lines(read));
  must_hold(read_trace(lines, "f") == read);
}

void read_as(std::uint8_t kind, std::string_view text) {
  switch (kind % 4) {
    case 0:
      return capture(text);
    case 1:
      return page_capture(text);
    case 2:
      return arrivals(read_trace(document(text)));
    default:
      std::istringstream lines{std::string(text)};
      return arrivals(read_trace(lines, "f"));
  }
}

}  // namespace
}  // namespace workloads

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    workloads::read_as(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  } catch (const sim::ConfigError& error) {
    const std::string_view line = error.what();
    workloads::must_hold(!line.empty() && line.find('\n') == std::string_view::npos);
  }
  return 0;
}
