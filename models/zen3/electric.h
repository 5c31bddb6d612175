// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

#include "sim/quantity.h"

namespace zen3 {

/// What a part draws, in whole milliwatts.
struct Power {
  std::int64_t milliwatts = 0;

  static constexpr Power of_watts(double w) { return {static_cast<std::int64_t>(w * 1e3 + 0.5)}; }
  constexpr double watts() const { return static_cast<double>(milliwatts) / 1e3; }
  constexpr auto operator<=>(const Power&) const = default;
};

/// A supply voltage, in whole millivolts.
struct Voltage {
  std::int64_t millivolts = 0;

  constexpr auto operator<=>(const Voltage&) const = default;
};

}  // namespace zen3

template <>
struct sim::Quantity<zen3::Power> {
  static const Scale& scale();
  static constexpr std::int64_t count(zen3::Power p) { return p.milliwatts; }
  static constexpr zen3::Power of(std::int64_t milliwatts) { return {milliwatts}; }
};

template <>
struct sim::Quantity<zen3::Voltage> {
  static const Scale& scale();
  static constexpr std::int64_t count(zen3::Voltage v) { return v.millivolts; }
  static constexpr zen3::Voltage of(std::int64_t millivolts) { return {millivolts}; }
};
