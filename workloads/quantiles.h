// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/distributions.h"

namespace workloads {

/// A distribution by its quantiles: shares rise strictly from 0 to 1, values never fall.
using Quantile = sim::Empirical::Quantile;
using Quantiles = std::vector<Quantile>;

/// Of at least two samples in any order: every thousandth, then nine for each further decade of the
/// tail, down to one in 100,000, and where the ten longest samples are: each alone may be much of
/// the mean.
Quantiles quantiles_of(const std::vector<sim::Duration>& samples);

/// The distribution of those values that are at most `most`, which lies above the least of them.
Quantiles up_to(sim::Duration most, const Quantiles& quantiles);

}  // namespace workloads
