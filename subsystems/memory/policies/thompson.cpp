// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/thompson.h"

#include <algorithm>

namespace tiering {
namespace {

Eigen::Index padded(std::int32_t bandits) {
  const Eigen::Index rounds = (bandits + kLanes - 1) / kLanes;
  return rounds * kLanes;
}

/// Where arm `arm` has drawn more than any before it.
void improve(const Lanes& sample, std::uint8_t arm, Lanes& most,
             std::array<std::uint8_t, kLanes>& best) {
  for (std::size_t i = 0; i < kLanes; ++i) {
    const auto lane = static_cast<Eigen::Index>(i);
    best[i] = sample[lane] > most[lane] ? arm : best[i];
  }
  most = most.max(sample);
}

}  // namespace

Thompson::Thompson(std::int32_t bandits, int arms, std::uint64_t seed)
    : bandits_(bandits), sampler_(seed) {
  const Eigen::ArrayXf ones = Eigen::ArrayXf::Ones(padded(bandits));
  arms_.assign(static_cast<std::size_t>(arms), Arm{ones, ones});
}

void Thompson::learn(std::int32_t bandit, int arm, float successes, float failures) {
  Arm& of = arms_[static_cast<std::size_t>(arm)];
  of.a[bandit] += successes;
  of.b[bandit] += failures;
}

void Thompson::forget(float kept) {
  for (Arm& arm : arms_) {
    arm.a = 1.0f + kept * (arm.a - 1.0f);
    arm.b = 1.0f + kept * (arm.b - 1.0f);
  }
}

void Thompson::choose(std::span<std::uint8_t> arms) {
  Best best;
  for (std::int32_t first = 0; first < bandits_; first += kLanes) {
    choose(first, best);
    const auto count = std::min(kLanes, bandits_ - first);
    std::copy_n(best.begin(), count, arms.begin() + first);
  }
}

void Thompson::choose(Eigen::Index first, Best& best) {
  Lanes most = Lanes::Constant(-1);
  for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
    const Lanes a = arms_[arm].a.segment<kLanes>(first);
    const Lanes b = arms_[arm].b.segment<kLanes>(first);
    Lanes sample;
    sampler_.draw(a, b, sample);
    improve(sample, static_cast<std::uint8_t>(arm), most, best);
  }
}

Posterior Thompson::posterior(std::int32_t bandit, int arm) const {
  const Arm& of = arms_[static_cast<std::size_t>(arm)];
  return {of.a[bandit], of.b[bandit]};
}

}  // namespace tiering
