// SPDX-License-Identifier: Apache-2.0
#include "workloads/captures.h"

#include "sim/units.h"
#include "workloads/capture_file.h"

namespace workloads {
namespace {

sim::Empirical read_shape(const std::string& capture, double longest) {
  const Quantiles all = read_capture(sim::Document::load(path_of_capture(capture))).quantiles;
  const sim::Duration median = sim::Empirical::of_quantiles(all).at(0.5);
  const sim::Duration most = sim::from_seconds(longest * sim::to_seconds(median));
  return sim::Empirical::of_quantiles(up_to(most, all));
}

}  // namespace

const sim::Empirical& Captures::shape(const std::string& capture, double longest) const {
  return known_.of({capture, longest}, [&] { return read_shape(capture, longest); });
}

}  // namespace workloads
