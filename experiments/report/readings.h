// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/report/charts.h"
#include "experiments/report/page.h"

namespace report {

using Results = std::vector<experiments::PointResult>;

/// Of the experiment in the file of this name; none if it was not run.
const Results& results_of(const Findings& findings, const std::string& experiment);

Reading reading_of(const sim::Estimate& estimate);
/// Nothing if some replication has no such value, as of a percentile with too few samples.
std::optional<Reading> reading(const experiments::PointResult& result, const std::string& name);

/// What people call it; what has no other name keeps its own.
std::string name_in(const std::map<std::string, std::string>& names, const std::string& own);

/// Drawings side by side, and above them what they show. Empty without drawings.
std::string charts(const std::string& drawings, const std::string& explained);

}  // namespace report
