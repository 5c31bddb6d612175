// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/influence/model.h"

namespace influence {

/// A share of the answer's variance, and the interval of 95 % that resampling the rows gives it.
/// Below 0 or above 1 by chance alone.
struct Share {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// How much of what an answer varies is one parameter's doing.
struct SobolIndices {
  Factor factor;
  Share first;           // alone: what would be gone, on average, if it were known
  Share total;           // with all its interactions: what would be left if all others were known
  std::size_t rows = 0;  // fewer than asked for where some machines are impossible
  /// How much of `total` is no effect, but what differs between runs; none with one replication.
  std::optional<double> chance = {};
};

struct Decomposition {
  std::size_t rows = 0;
  std::size_t places = 0;             // asked for: rows x (factors + 2)
  double mean = 0;                    // of the answer, over all ranges
  double deviation = 0;               // of the answer; its square is what is divided up
  std::vector<SobolIndices> indices;  // the largest total first
};

/// Sobol's indices: the variance of the answer while every factor lies anywhere in its range,
/// evenly and by itself (in wide ranges, evenly in the logarithm), and each factor's share of it.
/// Draws two places in each row and asks for both, and for the first with one factor after the
/// other taken from the second: exactly `rows` x (factors + 2) places. Deterministic: equal seed,
/// equal places and equal intervals; more rows keep those before them.
///
/// First order: A. Saltelli et al., Computer Physics Communications 181, 2010, of answers less
/// their mean. Total: M. J. W. Jansen, Computer Physics Communications 117, 1999.
///
/// Rows in which a machine is impossible are left out, so the shares are those of the machines that
/// are possible. All shares are 0 when nothing moves the answer.
Decomposition decompose(const std::vector<Factor>& factors, const Model& model, std::size_t rows,
                        std::uint64_t seed);

std::string as_text(const Decomposition& found, const Conclusion& conclusion, std::size_t most);
std::string as_markdown(const Decomposition& found, const Conclusion& conclusion, std::size_t most);
/// [{"path", "tag", "low", "high", "value", "first", "first_low", ..., "total", ...}, ...]
std::string as_json(const Decomposition& found, const Conclusion& conclusion);

}  // namespace influence
