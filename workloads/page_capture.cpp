// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_capture.h"

#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>

#include "sim/json.h"
#include "workloads/capture_file.h"
#include "workloads/page_capture_text.h"

namespace workloads {
namespace {

constexpr const char* kIntervals = "intervals";
constexpr const char* kPageMembers[] = {"provenance", "batches", "operations", kIntervals};
constexpr int kMostBatches = 1 << 20;

IntervalAccesses read_interval(const sim::Place& place, int batches) try {
  if (!place.json().is_string())
    throw place.error("is no text", "write a field for each batch, spaces between");
  return interval_of(place.json().get_ref<const std::string&>(), batches);
} catch (const std::invalid_argument& error) {
  throw place.error(error.what(), "capture again");
}

std::vector<IntervalAccesses> read_intervals(const sim::Place& list, int batches) {
  if (!list.json().is_array() || list.json().empty())
    throw list.error("is not a list of intervals", "give one at least");
  std::vector<IntervalAccesses> intervals;
  std::size_t accessed = 0;
  for (std::size_t i = 0; i < list.json().size(); ++i) {
    const sim::Place place = list.member(std::to_string(i), list.json()[i]);
    intervals.push_back(read_interval(place, batches));
    accessed += intervals.back().size();
  }
  if (accessed == 0) throw list.error("have no accesses", "capture again");
  return intervals;
}

void check(const PageCapture& c, const sim::Place& root) {
  if (c.batches < 1 || c.batches > kMostBatches)
    throw root.at("batches").error("is out of bounds", "a capture has 1 to 1,048,576");
  if (c.operations < 1) throw root.at("operations").error("is not positive", "count from 1");
}

}  // namespace

PageCapture read_page_capture(const sim::Document& document) {
  const sim::Place root = document.root();
  auto capture = sim::read<PageCapture>(root, {kIntervals});
  for (const char* name : kPageMembers) (void)root.at(name);  // throws if there is none
  check(capture, root);
  capture.intervals = read_intervals(root.at(kIntervals), capture.batches);
  return capture;
}

void write_page_capture(const PageCapture& capture, std::ostream& out) {
  out << with_open_list(sim::write(capture), kIntervals);
  const char* separator = "\n";
  for (const IntervalAccesses& interval : capture.intervals) {
    // Base 64 and its marks need no escapes.
    out << separator << '"' << text_of(interval, capture.batches) << '"';
    separator = ",\n";
  }
  out << "\n  ]\n}\n";
}

}  // namespace workloads
