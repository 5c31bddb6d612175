// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "subsystems/memory/policies/beta_sampler.h"

namespace tiering {

/// What is known of the probability that an arm is right: Beta(a, b), uniform to begin with.
struct Posterior {
  float a = 1;
  float b = 1;

  float mean() const { return a / (a + b); }
};

/// Thompson sampling (1933) for many bandits with the same few arms: each draws a probability from
/// every arm's posterior and takes the arm with the highest.
///
/// Evidence need not come in whole numbers, and may be forgotten: then it is as if the posterior
/// had seen only about 1/(1 - kept) rounds, and it follows bandits that change.
class Thompson {
 public:
  Thompson(std::int32_t bandits, int arms, std::uint64_t seed);

  /// Takes in successes and failures.
  void learn(std::int32_t bandit, int arm, float successes, float failures);
  /// Of all evidence so far, what share still counts.
  void forget(float kept);
  /// An arm for each bandit, in order; the first of those that draw the same.
  void choose(std::span<std::uint8_t> arms);

  Posterior posterior(std::int32_t bandit, int arm) const;

 private:
  struct Arm {
    Eigen::ArrayXf a;
    Eigen::ArrayXf b;
  };
  using Best = std::array<std::uint8_t, kLanes>;

  void choose(Eigen::Index first, Best& best);

  std::int32_t bandits_;
  std::vector<Arm> arms_;  // of each, all bandits, up to a multiple of kLanes
  BetaSampler sampler_;
};

}  // namespace tiering
