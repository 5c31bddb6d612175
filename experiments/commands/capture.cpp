// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/capture.h"

#include <fmt/format.h>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "sim/config_error.h"
#include "sim/wording.h"
#include "workloads/capture/options.h"
#include "workloads/capture/pages.h"

namespace commands {
namespace {

capture::Operation operation_of(const std::string& name) {
  const std::vector<std::string> names{"get", "range"};
  if (name == names[0]) return capture::Operation::kGet;
  if (name == names[1]) return capture::Operation::kRange;
  throw sim::ConfigError("capture rocksdb --operation",
                         "no such operation: " + sim::in_quotes(name),
                         sim::suggestion(name, names));
}

capture::RocksdbOptions resolved(const CaptureOptions& o) {
  capture::RocksdbOptions rocksdb = o.rocksdb;
  rocksdb.operation = operation_of(o.operation);
  rocksdb.operations =
      o.operations.value_or(capture::default_options(rocksdb.operation).operations);
  return rocksdb;
}

/// A machine that is too busy to measure on is no fault of the simulator.
workloads::Capture measure(const capture::RocksdbOptions& options) try {
  return capture::capture_rocksdb(options);
} catch (const sim::ConfigError&) {
  throw;
} catch (const std::runtime_error& error) {
  throw sim::ConfigError("capture rocksdb", error.what(), "try again on a quiet machine");
}

std::string text_of(const workloads::Capture& capture) {
  std::ostringstream text;
  workloads::write_capture(capture, text);
  return text.str();
}

std::string text_of(const workloads::PageCapture& capture) {
  std::ostringstream text;
  workloads::write_page_capture(capture, text);
  return text.str();
}

double visits_of_an_operation(const workloads::PageCapture& capture) {
  std::int64_t visits = 0;
  for (const workloads::IntervalAccesses& interval : capture.intervals)
    for (const workloads::BatchAccesses& batch : interval) visits += batch.visits;
  return static_cast<double>(visits) / static_cast<double>(capture.operations) /
         static_cast<double>(capture.intervals.size());
}

}  // namespace

int capture_rocksdb(const CaptureOptions& o) {
  const capture::RocksdbOptions options = resolved(o);
  capture::check(options);
  require_writable(o.out);
  const workloads::Capture capture = measure(options);
  deliver(o.out, text_of(capture));
  print(fmt::format("{}: {} {} operations, {} dropped, mean {:.0f} ns\n", o.out, capture.samples,
                    capture.operation, capture.dropped, sim::to_ns(capture.mean)));
  return kFine;
}

int capture_pages(const PageCaptureOptions& o) {
  capture::check(o.pages);
  require_writable(o.out);
  const workloads::PageCapture capture = capture::capture_pages(o.pages);
  deliver(o.out, text_of(capture));
  print(fmt::format("{}: {} intervals of {} operations on {} batches, {:.1f} pages an operation\n",
                    o.out, capture.intervals.size(), capture.operations, capture.batches,
                    visits_of_an_operation(capture)));
  return kFine;
}

}  // namespace commands
