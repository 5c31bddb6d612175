// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "sim/describe.h"
#include "sim/document.h"

namespace workloads {

/// Pages of one batch, a bit each.
using PageSet = std::uint64_t;
inline constexpr int kPagesOfBatch = 64;

/// What was done to one batch during one interval.
struct BatchAccesses {
  int batch = 0;
  std::int64_t visits = 0;  // pairs of an operation and a page that it accessed
  PageSet pages = 0;        // accessed
  PageSet written = 0;      // some of these

  friend bool operator==(const BatchAccesses&, const BatchAccesses&) = default;
};

/// Batches that were accessed, in order.
using IntervalAccesses = std::vector<BatchAccesses>;

/// Which pages of 4 KiB a real program accessed, interval by interval. An interval is a number of
/// the program's operations, since the watching slows them down; how long it takes is for who
/// replays it to say.
///
/// Not kept: how often one operation accesses a page, and in which order.
struct PageCapture {
  std::string about{};
  std::map<std::string, std::string> provenance{};
  int batches = 0;
  std::int64_t operations = 0;
  /// Stands last in the file as "intervals", a text for each: see page_capture_text.h.
  std::vector<IntervalAccesses> intervals{};

  static void describe(auto&& field) {
    using C = PageCapture;
    field(&C::about, "about", "one sentence for people");
    field(&C::provenance, "provenance", "programs, machine, date, options: name and value");
    field(&C::batches, "batches", "of 64 pages that the program's memory has");
    field(&C::operations, "operations", "of the program in an interval");
  }
};

/// Throws sim::ConfigError, with file and line, for what no capture can be: names unknown or
/// missing, numbers that are not positive, an interval that is not of this program's batches.
PageCapture read_page_capture(const sim::Document& document);

void write_page_capture(const PageCapture& capture, std::ostream& out);

}  // namespace workloads
