// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/measure/experiment.h"
#include "experiments/points/precision.h"
#include "sim/document.h"

namespace experiments {

/// Path and value, in the file's order.
using Swept = std::vector<std::pair<std::string, std::string>>;

/// One combination that an experiment file asks for.
struct Point {
  std::string variant;  // empty when the file has none
  Swept swept;
  ExperimentParams params;
  std::string resolved;  // all of `params`, and the precision, as one line of JSON
  std::string key;       // a hash of `resolved`, but for how often it is run, and of files
  std::optional<PrecisionParams> precision = {};  // none: as many runs as `params` says
};

/// Writes `resolved` and `key` of what else the point says, for whoever has changed that.
void resolve(Point& point);

/// More is a mistake in a sweep, not an experiment.
constexpr std::size_t kMostPoints = 100'000;

/// An experiment file is an ExperimentParams with two more names:
///
///   {
///     "about": "what it asks",
///     "run": {...}, "machine": {...}, "system": {...}, "workload": {...},
///     "variants": {"on_host": {"system": {...}}, "wave_15": {...}},
///     "sweep": {"workload.arrivals.rate": ["100 k/s", "200 k/s"]}
///   }
///
/// The points are each variant with each combination of swept values, the last path of the sweep
/// changing fastest; sweep_grammar.h has the rest of what a sweep may say. A variant says what
/// differs from the file, a swept value wins over both. `settings` ("system.workers=8", of the
/// command line) win over everything, so what the file sweeps they may not be about; those of
/// `variants` and `sweep` change the file instead.
///
/// First everything is expanded, then every point is checked as if it stood in a file of its own,
/// so that a variant may mend what the file leaves undecided. Throws sim::ConfigError, also for
/// more than `most` points.
std::vector<Point> expand(const sim::Document& document,
                          const std::vector<std::string>& settings = {},
                          std::size_t most = kMostPoints);

/// The file's variants that say something about what `setting` is about: it wins over them, and
/// only their names still tell them apart.
std::vector<std::string> variants_that_set(const sim::Document& document,
                                           const std::string& setting);

/// The names of these points' variants, each once, in the file's order; of a file without variants
/// nothing.
std::vector<std::string> variants_of(const std::vector<Point>& points);

/// Captures, traces and policies' libraries that these points read, each once.
std::vector<std::string> files_named_in(const std::vector<Point>& points);

/// "wave_15, workload.arrivals.rate = 100 k/s"; "the only point" if nothing tells it from others.
std::string point_name(const std::string& variant, const Swept& swept);

/// The file's own "about", or nothing.
std::string about(const sim::Document& document);

}  // namespace experiments
