// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>

#include "sim/document.h"
#include "sim/units.h"
#include "workloads/quantiles.h"

namespace workloads {

/// How long one operation of a real program took on a real machine, many times over.
///
/// Not kept: the samples themselves, and with them any correlation between one and the next.
struct Capture {
  std::string about;
  std::string operation;
  std::map<std::string, std::string> provenance;
  std::int64_t samples = 0;
  std::int64_t dropped = 0;
  double share_above_ten_medians = 0;
  sim::Duration mean{};
  /// Stands last in the file as "quantiles_ns", a list of pairs [share, nanoseconds].
  Quantiles quantiles;

  static void describe(auto&& field) {
    using C = Capture;
    field(&C::about, "about", "one sentence for people");
    field(&C::operation, "operation", "what was timed: get, range");
    field(&C::provenance, "provenance", "programs, machine, date, options: name and value");
    field(&C::samples, "samples", "operations behind the quantiles");
    field(&C::dropped, "dropped", "operations left out, since the thread was switched away");
    field(&C::share_above_ten_medians, "share_above_ten_medians",
          "of the samples: what the machine's noise left behind, mostly");
    field(&C::mean, "mean", "of the samples");
  }
};

/// Within 5 %: straight lines between quantiles miss a little of the samples between.
bool has_mean_of_quantiles(const Capture& capture);

/// Throws sim::ConfigError, with file and line, for what no capture can be: names unknown or
/// missing, counts or times that are not positive, quantiles that fall, a mean that the quantiles
/// contradict.
Capture read_capture(const sim::Document& document);

void write_capture(const Capture& capture, std::ostream& out);

/// A capture's members as JSON, and behind them the beginning of a list that stands last. What is
/// in the list is for the caller to write, as the JSON library would give each number its own line.
std::string with_open_list(const sim::Json& members, const char* list);

/// A name without a dot or slash is one of the captures that come with the program, of any kind.
std::string path_of_capture(const std::string& name);

}  // namespace workloads
