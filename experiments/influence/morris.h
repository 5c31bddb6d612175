// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/influence/model.h"

namespace influence {

/// What one parameter does to a conclusion, wherever the others are.
struct Elementary {
  Factor factor;
  sim::Estimate mean_size;  // mu*: of the effects' absolute values; how much it matters
  double mean = 0;          // mu: with their signs
  double deviation = 0;     // sigma: large against mu* where effects bend or others change them
  std::size_t effects = 0;  // fewer than the trajectories where some machines are impossible
};

struct Screening {
  int trajectories = 0;
  std::size_t places = 0;              // asked for: trajectories x (factors + 1)
  std::vector<Elementary> elementary;  // the largest mu* first
};

/// Morris's screening. Each trajectory starts at a random corner of a grid of four levels a factor,
/// the middles of the quarters of its range, and moves one factor after the other, in random order,
/// by half of its range; the change of the answer, for a whole range, is an elementary effect.
/// Exactly `trajectories` x (factors + 1) places. Deterministic: equal seed, equal places. (M. D.
/// Morris, Technometrics 33, 1991; mu*: Campolongo et al., Environmental Modelling & Software 22,
/// 2007.)
Screening screen(const std::vector<Factor>& factors, const Model& model, int trajectories,
                 std::uint64_t seed);

/// The factors that matter most, at most so many.
std::vector<Factor> highest(const Screening& screening, std::size_t most);

std::string as_text(const Screening& screening, const Conclusion& conclusion, std::size_t most);
std::string as_markdown(const Screening& screening, const Conclusion& conclusion, std::size_t most);
std::string as_json(const Screening& screening, const Conclusion& conclusion);

}  // namespace influence
