// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/points/runner.h"
#include "experiments/report/charts.h"
#include "experiments/text/different.h"
#include "sim/strict_json.h"

namespace report {

/// One replication, as far as it has to be found again.
struct RunId {
  std::uint64_t seed = 0;
  std::string trace_hash;
};

/// One point of an experiment as its result document tells it: whatever a page or a figure needs,
/// from a result file as well as from a run of just now.
struct Record {
  std::string source;  // the experiment's name, or the file's that it was read from
  std::string key;
  std::string version;
  std::string variant;
  std::vector<std::pair<std::string, std::string>> swept;
  bool unstable = false;  // the backlog grew
  std::string ended_by;   // the name of an Ending, if it asked for a precision
  std::string error;      // then there is nothing below but the experiment
  std::vector<std::pair<std::string, Reading>> values;
  std::vector<RunId> runs;
  /// By path as in `wavesim stats`, the mean of the replications; times in nanoseconds.
  std::map<std::string, double> statistics;
  std::string experiment;  // resolved, as one line of JSON

  std::optional<Reading> value(const std::string& name) const;
  std::optional<double> statistic(const std::string& path) const;
  /// Empty if nothing of this name is swept.
  std::string swept_text(const std::string& path) const;
};
using Records = std::vector<Record>;

/// Throws sim::ConfigError when it is no result document.
Record record_of(const sim::Json& document, const std::string& source);
Record record_of(const experiments::PointResult& result, const std::string& source);

/// Nothing for a result of a version that has parameters which this one does not know.
std::optional<experiments::MachineParams> machine_of(const Record& record);

/// "wave_16, workload.arrivals.rate = 100 k/s".
std::string name_of(const Record& record);

/// "1 point", "6 points".
std::string points_text(std::size_t count);

using experiments::different;

std::vector<std::string> sources_of(const Records& records);
std::vector<std::string> variants_of(const Records& records);
/// Every path that some record has swept, in the order of the files.
std::vector<std::string> swept_paths_of(const Records& records);
/// Every value that some record has.
std::vector<std::string> values_of(const Records& records);
/// Those of one source.
Records from_source(const Records& records, const std::string& source);

}  // namespace report
