// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "sim/describe.h"

namespace scheduling {

/// When a CPU takes the timer's interrupt.
enum class Ticks : std::uint8_t {
  kNever,
  kWhileBusy,  // Linux's default: an idle CPU's tick stops
  kAlways,
};

constexpr auto enum_names(std::type_identity<Ticks>) {
  using sim::EnumName;
  return std::array{EnumName{Ticks::kNever, "never"}, EnumName{Ticks::kWhileBusy, "while_busy"},
                    EnumName{Ticks::kAlways, "always"}};
}

}  // namespace scheduling
