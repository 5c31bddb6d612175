// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "subsystems/memory/policies/policy.h"

namespace tiering {

/// Is told how hot each batch is by whoever makes the accesses: what no policy can do better. Needs
/// no scans, and asks for as few as there may be.
class Oracle : public Policy {
 public:
  /// Accesses per second of a batch, now.
  using TrueRate = std::function<float(Batch)>;

  Oracle(const Part& part, TrueRate true_rate) : part_(part), true_rate_(std::move(true_rate)) {}

  void observe(std::span<const Scan> scans, Work& work) override;
  void choose_periods(std::span<Period> next, Work& work) override;
  void estimate(std::span<float> rates, Work& work) override;

 private:
  const Part part_;
  const TrueRate true_rate_;
};

}  // namespace tiering
